import { type SettingProblem, setting, text, type ValuesOf } from '../../configuration/setting.ts'
import { type ConnectableSystem, settingError } from '../kit/configured-system.ts'
import type { ClientDeps } from '../system.ts'
import type { S3Options } from './s3-place.ts'

/** Settings of a bucket. */
export const s3Settings = {
  region: setting(text({ pattern: /[a-z0-9-]{1,40}/, expected: 'a region, such as eu-central-1' }), {
    description: 'region of a bucket; of a service other than AWS the one that it names, often us-east-1',
  }),
  endpoint: setting(
    text({ pattern: /https?:\/\/[^/\s@?#]+\/?/, expected: 'an address such as https://s3.acme.example' }),
    {
      description: 'address of a service that is compatible with S3, without the bucket; by default AWS in the region',
    },
  ),
}

export type S3Values = ValuesOf<typeof s3Settings>

export function isBucket(address: string): boolean {
  return /^s3:/i.test(address)
}

/** What AWS accepts as the name of a general purpose bucket ("Bucket naming rules"). */
export function bucketProblem(name: string): string | null {
  if (name.endsWith('--x-s3')) return 'names a directory bucket, which is not supported; use a general purpose bucket'
  const isName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')
  return isName ? null : 'must name the bucket in lower case, without a port: s3://bucket/folder'
}

export function s3Problems({ region }: S3Values): readonly SettingProblem[] {
  if (region !== null) return []
  return [{ name: 'region', problem: 'must be set for an address with s3://, such as eu-central-1' }]
}

/**
 * Throws `configuration_invalid` naming what is missing; also if there are no secrets and the system may not use the
 * role of the process.
 */
export function s3Options(
  system: ConnectableSystem<S3Values & { readonly timeoutSeconds: number }>,
  { network, mayUseRole = () => false }: Pick<ClientDeps, 'network' | 'mayUseRole'>,
): S3Options {
  const { region, endpoint, timeoutSeconds } = system.settings
  const { host, pathname } = new URL(system.address)
  const [problem] = s3Problems(system.settings)
  if (region === null) throw settingError(system, 'files', 'settings.region', problem?.problem ?? '')
  const url = new URL(endpoint ?? awsEndpoint(region))
  network.assertUrl(url)
  network.assertSecret(url)
  return {
    bucket: host,
    root: decodeURIComponent(pathname).replace(/^\/+|\/+$/g, ''),
    endpoint: url,
    bucketInPath: endpoint !== null,
    region,
    credentials: credentialsOf(system, mayUseRole),
    network,
    timeoutMs: timeoutSeconds * 1000,
  }
}

/** Not left to the SDK, which would ask the environment for another address. */
function awsEndpoint(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

function credentialsOf(
  system: ConnectableSystem<unknown>,
  mayUseRole: (system: string) => boolean,
): S3Options['credentials'] {
  const { accessKeyId, secretAccessKey } = system.secrets
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey }
  if (accessKeyId === undefined && secretAccessKey === undefined && mayUseRole(system.id)) return null
  const way = `need accessKeyId and secretAccessKey; or have the operator add ${system.id} to AWS_ROLE_SYSTEMS`
  throw settingError(system, 'files', 'secrets', `${way}, which lets it use the AWS credentials of the process`)
}
