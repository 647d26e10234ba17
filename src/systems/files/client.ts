import { randomUUID } from 'node:crypto'
import { StreamError, toStreamError } from '../../errors.ts'
import { canonicalJson } from '../../events/canonical-json.ts'
import { digest } from '../../events/identity.ts'
import type { CallKind } from '../../platform/governor/governor.ts'
import { createGuardedHttp } from '../../platform/guarded-http.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { type ConnectableSystem, requireSecret, settingError } from '../kit/configured-system.ts'
import type { SystemCheck } from '../kit/system-check.ts'
import type { ClientDeps } from '../system.ts'
import { isWeb } from './address-problem.ts'
import { markerOf } from './arrived-files.ts'
import { httpPlace } from './http-place.ts'
import { loadedPlace } from './loaded-place.ts'
import { localPlace } from './local-place.ts'
import { isMailbox, mailOptions } from './mail-settings.ts'
import { filesOf, type NamePattern } from './name-pattern.ts'
import { joined, type Place, type Visit } from './place.ts'
import { bucketName, serverName } from './place-names.ts'
import { endingOf } from './row-format.ts'
import { isBucket, s3Options } from './s3-settings.ts'
import { type FilesValues, type IncomingValues, incomingOf, ordersOf } from './settings.ts'
import type { SftpOptions } from './sftp-place.ts'

export interface FilesClient {
  /** One visit to the place of the files, within the limits of the account. */
  visit<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Identifies how files are read by the settings with this prefix: with other ones they are read again. */
  formOf(settingsOf: string): string
  /** The same client, with the priority of calls of this kind. */
  for(kind: CallKind): FilesClient
  /** Looks at the folders, and tests the way in and out with a file of its own. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

const NO_NAME = 'must be set to one name, such as stock.csv: HTTP has no list of files'

/** Throws `configuration_invalid` with what is missing. */
export function createFilesClient(system: ConnectableSystem<FilesValues>, deps: ClientDeps): FilesClient {
  const place = placeOf(system, deps)
  const governor = deps.governors.of(`files ${place.name}`, system.limits)
  const viewOf = (kind: CallKind): FilesClient => {
    const visit: FilesClient['visit'] = (work, signal) => governor.run(kind, () => place.visit(work, signal), signal)
    return {
      visit,
      formOf(settingsOf) {
        const own = Object.entries(system.given).filter(([name]) => name.startsWith(`${settingsOf}.`))
        const days = settingsOf === 'prices' ? [['zone', system.zone]] : []
        return digest(place.name, canonicalJson(Object.fromEntries([...own, ...days])))
      },
      for: viewOf,
      check: async (signal) => await checkPlace(system, visit, signal),
    }
  }
  return viewOf('inventory')
}

function placeOf(system: ConnectableSystem<FilesValues>, deps: ClientDeps): Place {
  const { folderOf, network } = deps
  const url = new URL(system.address)
  if (isWeb(system.address)) return webPlaceOf(system, url, network)
  if (isBucket(system.address)) {
    const options = s3Options(system, deps)
    return loadedPlace(bucketName(options), async () => (await import('./s3-place.ts')).s3Place(options))
  }
  if (isMailbox(system.address)) {
    const options = mailOptions(system, (folder) => readIn(system, folder), deps)
    return loadedPlace(serverName(options), async () => (await import('./mail-place.ts')).mailPlace(options))
  }
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, '')
  if (url.protocol === 'folder:') {
    const root = folderOf?.(system.id) ?? null
    if (root !== null) return localPlace(root, path)
    throw settingError(system, 'files', 'address', 'is a folder of this machine; the operator has to set FILES_ROOT')
  }
  if (/^ftps?:$/.test(url.protocol)) return ftpPlaceOf(system, url, path, network)
  return sftpPlaceOf(system, url, path, network)
}

function sftpPlaceOf(system: ConnectableSystem<FilesValues>, url: URL, path: string, network: NetworkRules): Place {
  const options: SftpOptions = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 22 : Number(url.port),
    root: path,
    username: requireSecret(system, 'username'),
    signIn: signInOf(system),
    hostKeys: system.settings.hostKey,
    lookup: network.lookup(url),
    timeoutMs: system.settings.timeoutSeconds * 1000,
  }
  return loadedPlace(serverName(options), async () => (await import('./sftp-place.ts')).sftpPlace(options))
}

function ftpPlaceOf(system: ConnectableSystem<FilesValues>, url: URL, path: string, network: NetworkRules): Place {
  const { encryption, timeoutSeconds } = system.settings
  network.assertUrl(url)
  const options = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 21 : Number(url.port),
    root: path,
    username: requireSecret(system, 'username'),
    password: requireSecret(system, 'password'),
    encryption,
    ca: system.secrets['ca'] ?? null,
    lookup: network.lookup(url),
    timeoutMs: timeoutSeconds * 1000,
  }
  return loadedPlace(serverName(options), async () => (await import('./ftp-place.ts')).ftpPlace(options))
}

function webPlaceOf(system: ConnectableSystem<FilesValues>, url: URL, network: NetworkRules): Place {
  network.assertUrl(url)
  const incoming = incomingOf(system.settings).map(([, values]) => values)
  return httpPlace({
    root: url.origin + url.pathname.replace(/\/+$/, ''),
    credentials: credentialsOf(system),
    namesIn(folder) {
      const there = incoming.filter((one) => one.folder === folder)
      const names = new Set(there.flatMap((one) => namesOf(one)))
      if (there.length > 0 && names.size === 0) throw noNameError(system, folder)
      return [...names]
    },
    assertWritable: () => network.assertSecret(url),
    http: createGuardedHttp(network),
    timeoutMs: system.settings.timeoutSeconds * 1000,
  })
}

/** Names of files that are read in a folder. */
function readIn({ settings }: ConnectableSystem<FilesValues>, folder: string): readonly NamePattern[] {
  const there = incomingOf(settings).filter(([, values]) => values.folder === folder)
  return there.map(([, { files, format }]) => files ?? filesOf(endingOf(format)))
}

/** A file, and its marker if it has one. */
function namesOf({ files, complete, marker }: IncomingValues): readonly string[] {
  const name = files?.onlyName ?? null
  if (name === null) return []
  return complete === 'marker' ? [name, markerOf(name, marker)] : [name]
}

function noNameError(system: ConnectableSystem<FilesValues>, folder: string): StreamError {
  const [entity = ''] = incomingOf(system.settings).find(([, values]) => values.folder === folder) ?? []
  return settingError(system, 'files', `settings.${entity}.files`, NO_NAME)
}

function credentialsOf(system: ConnectableSystem<FilesValues>): Readonly<Record<string, string>> {
  const { username, token } = system.secrets
  const own =
    token !== undefined
      ? { authorization: `Bearer ${requireSecret(system, 'token')}` }
      : username !== undefined
        ? {
            authorization: `Basic ${Buffer.from(`${username}:${requireSecret(system, 'password')}`).toString('base64')}`,
          }
        : {}
  const headers = Object.entries(system.secrets)
    .filter(([name]) => name.startsWith('header.'))
    .map(([name, value]) => [name.slice('header.'.length).toLowerCase(), value] as const)
  return { ...own, ...Object.fromEntries(headers) }
}

function signInOf(system: ConnectableSystem<FilesValues>): SftpOptions['signIn'] {
  const { key, passphrase = null } = system.secrets
  return key === undefined ? { password: requireSecret(system, 'password') } : { key, passphrase }
}

/** Few vendors send these files: a folder that nobody set is not missed. */
const RARE: readonly string[] = ['prices', 'images', 'acknowledgements']

/** Problems of folders that may not be needed are warnings: a vendor may only send, or only fetch. */
async function checkPlace(
  system: ConnectableSystem<FilesValues>,
  visit: FilesClient['visit'],
  signal: AbortSignal,
): Promise<SystemCheck> {
  const { address, settings, given } = system
  const isGiven = (entity: string) => Object.keys(given).some((name) => name.startsWith(`${entity}.`))
  return await visit(async (there) => {
    const warnings: string[] = []
    const orders = ordersOf(settings)
    // A web server has no folder to list, and its answer for a file that is not there is no problem of a folder. In a
    // mailbox, the folders that are read are enough.
    if (isMailbox(address)) return await checkMailbox(there, system)
    if (isWeb(address)) await warningOf(() => there.find(joined(orders.folder, 'waldstream-check')), '')
    else await there.list('')
    for (const [entity, values] of incomingOf(settings)) {
      if (isWeb(address)) {
        if (isGiven(entity))
          warnings.push(...(await warningOf(() => findOnWeb(there, values), `settings.${entity}.files`)))
      } else if (!RARE.includes(entity) || isGiven(entity)) {
        warnings.push(...(await warningOf(() => there.list(values.folder), `settings.${entity}.folder`)))
      }
    }
    const write = () => writeAndReadBack(there, orders.folder, orders.workFolder)
    // A vendor's web server may only be read.
    if (!isWeb(address) || isGiven('orders')) warnings.push(...(await warningOf(write, 'settings.orders.folder')))
    return { date: null, warnings }
  }, signal)
}

async function checkMailbox(there: Visit, { settings, given }: ConnectableSystem<FilesValues>): Promise<SystemCheck> {
  const warnings: string[] = []
  for (const [entity, { folder }] of incomingOf(settings)) {
    if (!Object.keys(given).some((name) => name.startsWith(`${entity}.`))) continue
    warnings.push(...(await warningOf(() => there.list(folder), `settings.${entity}.folder`)))
  }
  return { date: null, warnings }
}

/** Over HTTP there is no folder to look at, but the one file. */
async function findOnWeb(there: Visit, { folder, files }: IncomingValues): Promise<void> {
  const name = files?.onlyName ?? null
  if (name === null) throw new StreamError('configuration_invalid', NO_NAME)
  const path = joined(folder, name)
  if ((await there.find(path)) === null) throw new StreamError('not_found', `there is no file ${path} yet`)
}

async function writeAndReadBack(there: Visit, folder: string, workFolder: string): Promise<void> {
  const name = `waldstream-check-${randomUUID()}`
  const [work, final] = [joined(joined(folder, workFolder), name), joined(folder, `.${name}`)]
  const content = Buffer.from(`${name}\r\n`)
  try {
    await there.write(work, content)
    await there.move(work, final)
    const back = Buffer.concat(await Array.fromAsync(there.read(final)))
    if (!back.equals(content)) {
      throw new StreamError('target_unavailable', `a file in ${folder} is not read back as it was written`)
    }
  } finally {
    for (const path of [work, final]) await there.remove(path).catch(() => undefined)
  }
}

async function warningOf(work: () => Promise<unknown>, name: string): Promise<readonly string[]> {
  try {
    await work()
    return []
  } catch (error) {
    const { code, field, message, policy } = toStreamError(error)
    // The server as a whole: no folder or file of it can be used.
    if (policy === 'retry' || policy === 'stop' || code === 'credentials_refused' || field === 'address') throw error
    return [`${name}: ${message} (${code})`]
  }
}
