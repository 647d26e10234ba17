import { bucketProblem, isBucket } from './s3-settings.ts'

export function isWeb(address: string): boolean {
  return /^https?:/i.test(address)
}

/** What is wrong with the address of a system; null: nothing. */
export function addressProblem(address: string): string | null {
  if (!URL.canParse(address)) {
    return 'must be sftp://host/folder, ftps://host/folder, https://host/folder, s3://bucket/folder, imaps://host/ or folder:///'
  }
  const { protocol, host, username, password, search, hash, pathname } = new URL(address)
  if (username !== '' || password !== '') {
    return 'contains a user name or password; set them as the secrets username and password'
  }
  if (isWeb(address) && search !== '') return 'must have no query; set a key as the secret token or header.<Name>'
  if (search !== '' || hash !== '') return 'must end with the folder'
  const path = decoded(pathname)
  if (path === null) return 'must have a path that can be decoded: write % as %25'
  if (/[\\\0]/.test(path)) return 'must have a path without backslashes'
  if (path.split('/').includes('..')) return 'must not contain ..'
  if (/^(sftp|ftps?|imaps?):$/.test(protocol) && host === '') return `must name the host: ${protocol}//host/folder`
  return isBucket(address) ? bucketProblem(host) : null
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
