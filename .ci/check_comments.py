#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every public function of a public header says what it does.

A comment stands above a function, or at the end of its line; further ones of the same name directly
below share it. One that begins with "Internal" is for all functions up to the next empty line, and
one that ends with a colon for all up to the next comment. Of special members only those with
something to say need one: constructors with parameters, but not what copies or moves, destroys,
compares, or makes an empty object. What lies in a namespace `internal` is nobody's business.

  check_comments.py ROOT HEADER…   checks headers, by their paths below ROOT
  check_comments.py --self-test    proves that a function without a comment is found
"""

import pathlib
import re
import sys

SCOPE = re.compile(r'^\s*(?:template <.*>\s*)?(?:requires.*\s)?(namespace|class|struct|union|enum(?: class)?|extern "C")\b'
                   r'(?:\s*\[\[.*?\]\])*\s*([\w:]*)')
NAME = re.compile(r'(operator\s*(?:\(\)|\[\]|co_await|bool|[^\s\w(]+)|~?\w+)\s*\(')
NOT_FUNCTIONS = re.compile(r'^\s*(using|typedef|friend|static_assert|return|#|case|if|for|while|'
                           r'else|explicit operator)\b|^\s*(?:TRY|WASM_)')


def without_templates(text):
    """What is left without <…>, attributes and strings, for finding a function's name."""
    text = re.sub(r'\[\[.*?\]\]', ' ', text)
    text = re.sub(r'"(?:\\.|[^"])*"', '""', text)
    text = re.sub(r'\brequires\b\s*(\(.*?\)\)?|[\w:<>, ]+?)(?=\s(?:static|inline|explicit|constexpr|'
                  r'auto|void|Result|template|ComponentT|[A-Z]\w*\())', ' ', text, flags=re.S)
    text = text.replace('operator<', 'operator').replace('->', ' ')
    before = None
    while before != text:
        before = text
        text = re.sub(r'<[^<>()]*>|<[^<>]*>', ' ', text)
    return text


class Checker:
    def __init__(self, name, text):
        self.name = name
        self.lines = text.split('\n')
        self.wrong = []

    def run(self):
        scopes = []  # [kind, name, access]
        comment = []  # directly above what follows
        is_internal = False  # up to the next empty line
        is_group = False  # up to the next comment
        last = None  # the name of the function before, if it has a comment
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            text = line.strip()
            if not text:
                comment, is_internal, is_group, last = [], False, False, None
                at += 1
                continue
            if text.startswith('//'):
                comment.append(text[2:].strip())
                is_group = False
                at += 1
                continue
            if text.startswith('#'):
                while self.lines[at].endswith('\\'):
                    at += 1
                at += 1
                continue
            if comment:
                is_internal |= comment[0].startswith('Internal')
                is_group = comment[-1].endswith(':')
            if text.startswith('}'):
                if scopes:
                    scopes.pop()
                comment, is_internal, is_group, last = [], False, False, None
                at += 1
                continue
            access = re.match(r'(public|private|protected):', text)
            if access:
                scopes[-1][2] = access[1]
                comment, is_internal, is_group, last = [], False, False, None
                at += 1
                continue
            # A declaration up to its end, or to the beginning of a body.
            first = at
            declaration, opens = '', False
            depth = 0
            while at < len(self.lines):
                code = re.sub(r'//.*', '', self.lines[at])
                at += 1
                for i, char in enumerate(code):
                    if char in '([':
                        depth += 1
                    elif char in ')]':
                        depth -= 1
                    elif depth == 0 and char == '{':
                        # An initialiser's, or a body.
                        opens = True
                        break
                    elif depth == 0 and char == ';':
                        break
                else:
                    declaration += code + '\n'
                    continue
                declaration += code[:i]
                rest = code[i:]
                break
            else:
                rest = ''
            scope = SCOPE.match(re.sub(r'^(template <[^\n]*>|\s*requires[^\n]*)\n', '',
                                       declaration.replace('\n', ' ')))
            trailing = any(re.search(r'//(?! NOLINT$)', self.lines[i]) for i in (first, at - 1))
            if scope and opens:
                if scope[1].startswith('enum'):
                    at = self.skip_body(at - 1, rest)
                elif not self.ends_in_line(rest):
                    scopes.append([scope[1], scope[2],
                                   'private' if scope[1] == 'class' else 'public'])
                comment, is_internal, is_group, last = [], False, False, None
                continue
            if opens:
                at = self.skip_body(at - 1, rest)
            if self.is_public(scopes):
                last = self.check(declaration, first, scopes, last,
                                  bool(comment) or trailing or is_internal or is_group)
            # A type that the function below it is about shares its comment.
            if not declaration.lstrip().startswith('using'):
                comment = []
        return self.wrong

    @staticmethod
    def ends_in_line(rest):
        return rest.count('{') == rest.count('}') and rest.count('{') > 0

    def skip_body(self, at, rest):
        """The line behind a body, which begins with what is left of the line `at`."""
        depth = 0
        text = rest
        while True:
            text = re.sub(r"'\\?.'|\"(?:\\.|[^\"])*\"", '', re.sub(r'//.*', '', text))
            depth += text.count('{') - text.count('}')
            at += 1
            if depth <= 0:
                # The rest of an initialiser.
                while not re.search(r'[;}]\s*$', text) and at < len(self.lines):
                    text = re.sub(r'//.*', '', self.lines[at])
                    at += 1
                return at
            text = self.lines[at]

    @staticmethod
    def is_public(scopes):
        for kind, name, access in scopes:
            if access != 'public':
                return False
            if kind == 'namespace' and re.search(r'\binternal$|^$', name):
                return False
        return bool(scopes)

    def check(self, declaration, line, scopes, last, has_comment):
        """The function's name, if it has a comment."""
        if NOT_FUNCTIONS.match(declaration) or SCOPE.match(declaration):
            return None
        plain = without_templates(declaration)
        found = NAME.search(plain)
        if not found or '=' in plain[:found.start()].replace('operator', ''):
            return None
        name = re.sub(r'\s', '', found[1])
        parameters = plain[found.end():]
        owner = scopes[-1][1].split('::')[-1]
        if plain[:found.start()].endswith('::'):
            return None  # defined out of its class, where the comment is
        if has_comment or name == last:
            return name
        is_special = (name in ('operator==', '~' + owner) or
                      (name in (owner, 'operator=') and
                       (re.match(r'\s*\)|\s*(const )?%s\s*&' % re.escape(owner), parameters))))
        if not is_special and name not in ('requires', 'decltype', 'sizeof', 'void', 'bool'):
            self.wrong.append(f'{self.name}:{line + 1}: {owner and owner + "::"}{name} has no comment')
        return None


SAMPLE = '''
namespace trenail {
enum class E : int {
  kOne,
};
class A {
 public:
  explicit A(int x);
  A(A&&) noexcept;
  // Says what.
  int F(int x);
  int F(long x) { return {}; }
  int G();  // says what
  int H();

  // Internal.
  int I();
  template <typename T>
  int J(std::vector<int> v = {}) const {
    return K(T());
  }

  int value = 0;
 private:
  int K();
};
namespace internal {
int L();
}  // namespace internal
void M(int);
}  // namespace trenail
'''


def main():
    if sys.argv[1:] == ['--self-test']:
        found = [re.search(r': (\S+) ', wrong)[1] for wrong in Checker('a.h', SAMPLE).run()]
        sys.exit(0 if found == ['A::A', 'A::H', 'trenail::M'] else f'found {found}')
    root = pathlib.Path(sys.argv[1])
    wrong = []
    for header in sys.argv[2:]:
        wrong += Checker(header, (root / header).read_text(encoding='utf-8')).run()
    if wrong:
        sys.exit('\n'.join(wrong))
    print(len(sys.argv) - 2, 'headers')


main()
