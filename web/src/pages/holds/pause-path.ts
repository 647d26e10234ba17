/** Address of a pause. */
export function pausePath({ stage, connection }: { readonly stage: string; readonly connection: string }): string {
  return `/v1/pauses/${encodeURIComponent(stage)}/${encodeURIComponent(connection)}`
}
