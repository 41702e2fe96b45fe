// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An ordinary C program, compiled to WebAssembly with WASI preview 1: it greets by its arguments,
// counts the lines of its standard input and, where a directory was granted, writes a file there
// and lists the directory. Without the grant it says so and goes on: nothing is open by default.

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int CountLines(FILE* in) {
  int lines = 0;
  for (int c; (c = fgetc(in)) != EOF;) lines += c == '\n';
  return lines;
}

static int WriteNote(const char* path, const char* name, int lines) {
  FILE* note = fopen(path, "w");
  if (note == NULL) {
    printf("cannot write %s: %s\n", path, strerror(errno));
    return 1;
  }
  fprintf(note, "%s sent %d lines\n", name, lines);
  fclose(note);
  printf("wrote %s\n", path);
  return 0;
}

static void List(const char* path) {
  DIR* dir = opendir(path);
  if (dir == NULL) return;
  for (struct dirent* entry; (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] != '.') printf("%s holds %s\n", path, entry->d_name);
  }
  closedir(dir);
}

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "world";
  printf("hello, %s\n", name);
  int lines = CountLines(stdin);
  printf("stdin has %d lines\n", lines);
  if (argc > 2) {
    char path[256];
    snprintf(path, sizeof path, "%s/note.txt", argv[2]);
    if (WriteNote(path, name, lines) != 0) return 1;
    List(argv[2]);
  }
  return 0;
}
