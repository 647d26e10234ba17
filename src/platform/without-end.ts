/**
 * The text without any of these characters at its end. In one step for each: a regular expression (`/0+$/`) begins anew at
 * every one of them, and takes the square of the length of what others send.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
