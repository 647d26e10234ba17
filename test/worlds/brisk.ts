/** The demo's configuration, read more often and with less overlap, for a load that would be read again and again. */
export function brisk(text: string): string {
  return text
    .replaceAll(/"\*\/\d+ \* \* \* \* \*"/g, '"*/2 * * * * *"')
    .replaceAll(/settleSeconds: \d+/g, 'settleSeconds: 1')
    .replaceAll(/overlapSeconds: \d+/g, 'overlapSeconds: 5')
}
