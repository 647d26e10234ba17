/** A server, for people and as the account that its calls are counted for. */
export const serverName = ({ host, port }: { readonly host: string; readonly port: number }) => `${host}:${port}`

/** The same for a bucket. */
export function bucketName({ bucket, endpoint }: { readonly bucket: string; readonly endpoint: URL }): string {
  return `bucket ${bucket} at ${endpoint.host}`
}
