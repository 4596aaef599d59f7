/** A unified diff for people and for `git apply`. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** Three lines of context; names with `a/` and `b/` before them. Line ends are shown as they are. */
export function unifiedDiff(before: string, after: string, file: string): string {
  const name = file.replaceAll('\\', '/').replace(/^(?:\.?\/)+/, '');
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
