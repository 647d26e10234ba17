import { randomUUID } from 'node:crypto'
import { StreamError, toStreamError } from '../../errors.ts'
import { canonicalJson } from '../../events/canonical-json.ts'
import { digest } from '../../events/identity.ts'
import type { Entity } from '../../events/topics.ts'
import type { CallKind } from '../../platform/governor/governor.ts'
import { type ConnectableSystem, requireSecret, settingError } from '../kit/configured-system.ts'
import type { SystemCheck } from '../kit/system-check.ts'
import type { ClientDeps } from '../system.ts'
import { localPlace } from './local-place.ts'
import { joined, type Place, type Visit } from './place.ts'
import { type FilesValues, fulfilmentsOf, inventoryOf, ordersOf, pricesOf, productsOf } from './settings.ts'
import { type SftpOptions, sftpPlace } from './sftp-place.ts'

export interface FilesClient {
  /** One visit to the place of the files, within the limits of the account. */
  visit<T>(work: (visit: Visit) => Promise<T>, signal: AbortSignal): Promise<T>
  /** Identifies how files of an entity are read: with other settings they are read again. */
  formOf(entity: Entity): string
  /** The same client, with the priority of calls of this kind. */
  for(kind: CallKind): FilesClient
  /** Looks at the folders, and tests the way in and out with a file of its own. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

/** Throws `configuration_invalid` with what is missing. */
export function createFilesClient(system: ConnectableSystem<FilesValues>, deps: ClientDeps): FilesClient {
  const place = placeOf(system, deps)
  const governor = deps.governors.of(`files ${place.name}`, system.limits)
  const viewOf = (kind: CallKind): FilesClient => {
    const visit: FilesClient['visit'] = (work, signal) => governor.run(kind, () => place.visit(work, signal), signal)
    return {
      visit,
      formOf(entity) {
        const own = Object.entries(system.given).filter(([name]) => name.startsWith(`${entity}.`))
        const days = entity === 'prices' ? [['zone', system.zone]] : []
        return digest(place.name, canonicalJson(Object.fromEntries([...own, ...days])))
      },
      for: viewOf,
      check: async (signal) => await checkPlace(system, visit, signal),
    }
  }
  return viewOf('inventory')
}

function placeOf(system: ConnectableSystem<FilesValues>, { folderOf, network }: ClientDeps): Place {
  const url = new URL(system.address)
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, '')
  if (url.protocol === 'folder:') {
    const root = folderOf?.(system.id) ?? null
    if (root !== null) return localPlace(root + path)
    throw settingError(system, 'files', 'address', 'is a folder of this machine; the operator has to set FILES_ROOT')
  }
  return sftpPlace({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 22 : Number(url.port),
    root: path,
    username: requireSecret(system, 'username'),
    signIn: signInOf(system),
    hostKeys: system.settings.hostKey,
    lookup: network.lookup(url),
    timeoutMs: system.settings.timeoutSeconds * 1000,
  })
}

function signInOf(system: ConnectableSystem<FilesValues>): SftpOptions['signIn'] {
  const { key, passphrase = null } = system.secrets
  return key === undefined ? { password: requireSecret(system, 'password') } : { key, passphrase }
}

/** Problems of folders that may not be needed are warnings: a vendor may only send, or only fetch. */
async function checkPlace(
  { settings, given }: ConnectableSystem<FilesValues>,
  visit: FilesClient['visit'],
  signal: AbortSignal,
): Promise<SystemCheck> {
  // Few vendors send prices: a folder that nobody set is not missed.
  const hasPrices = Object.keys(given).some((name) => name.startsWith('prices.'))
  return await visit(async (there) => {
    await there.list('')
    const orders = ordersOf(settings)
    const warnings = [
      ...(await warningOf(() => there.list(inventoryOf(settings).folder), 'settings.inventory.folder')),
      ...(await warningOf(() => there.list(productsOf(settings).folder), 'settings.products.folder')),
      ...(hasPrices ? await warningOf(() => there.list(pricesOf(settings).folder), 'settings.prices.folder') : []),
      ...(await warningOf(() => there.list(fulfilmentsOf(settings).folder), 'settings.fulfilments.folder')),
      ...(await warningOf(() => writeAndReadBack(there, orders.folder, orders.workFolder), 'settings.orders.folder')),
    ]
    return { date: null, warnings }
  }, signal)
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
    const { code, message, policy } = toStreamError(error)
    if (policy === 'retry' || policy === 'stop') throw error
    return [`${name}: ${message} (${code})`]
  }
}
