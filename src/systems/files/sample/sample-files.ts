import { StreamError } from '../../../errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { ConfiguredSystem } from '../../kit/configured-system.ts'
import type { SettingsProposal } from '../../kit/settings-proposal.ts'
import type { FilesClient } from '../client.ts'
import { spool } from '../file-spool.ts'
import type { PlacedFile } from '../place.ts'
import { type FilesValues, type IncomingValues, incomingOf } from '../settings.ts'
import { wordsOf } from '../text-source.ts'
import { newestFile } from './newest-file.ts'
import { proposeSettings } from './propose-settings.ts'

interface Sampling {
  readonly client: FilesClient
  readonly system: ConfiguredSystem<FilesValues>
  readonly clock: Pick<Clock, 'now'>
  /** Null: every entity that has a file. */
  readonly entity: string | null
}

/**
 * Proposes settings from the newest file of each folder. Reads only: nothing is noted or moved. Throws `not_found` if
 * there is no file, and `request_invalid` for an entity that has no files.
 */
export async function sampleFiles(
  { client, system, clock, entity }: Sampling,
  signal: AbortSignal,
): Promise<readonly SettingsProposal[]> {
  const all = incomingOf(system.settings)
  const wanted = all.filter(([name]) => entity === null || name === entity)
  if (wanted.length === 0) {
    const message = `${entity} has no files that are read; entities are ${all.map(([name]) => name).join(', ')}`
    throw new StreamError('request_invalid', message, { field: 'entity' })
  }
  const found: SettingsProposal[] = []
  const unset: StreamError[] = []
  for (const [name, values] of wanted) {
    try {
      const proposal = await sampleEntity(client, { entity: name, values, now: clock.now() }, signal)
      if (proposal !== null) found.push(proposal)
    } catch (error) {
      // On a web server each file has to be named: those that are may be enough.
      if (!(error instanceof StreamError) || error.code !== 'configuration_invalid') throw error
      unset.push(error)
    }
  }
  const [first] = unset
  if (found.length === 0)
    throw (
      first ??
      noFileError(
        system.id,
        wanted.map(([, values]) => values),
      )
    )
  return found
}

interface EntityFiles {
  readonly entity: string
  readonly values: IncomingValues
  readonly now: number
}

async function sampleEntity(
  client: FilesClient,
  { entity, values, now }: EntityFiles,
  signal: AbortSignal,
): Promise<SettingsProposal | null> {
  const newest = newestFile(await filesIn(client, values.folder, signal), entity, values, now)
  if (newest === null) return null
  const content = await client.visit((visit) => spool(visit.read(newest.path)), signal)
  try {
    const file = { entity, path: newest.path, arrival: newest.arrival, notes: newest.notes, content }
    return await proposeSettings(file, values, wordsOf(newest.name, entity))
  } finally {
    await content.discard()
  }
}

/** None, if there is no such folder. */
async function filesIn(client: FilesClient, folder: string, signal: AbortSignal): Promise<readonly PlacedFile[]> {
  try {
    return await client.visit((visit) => visit.list(folder), signal)
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return []
    throw error
  }
}

function noFileError(system: string, all: readonly IncomingValues[]): StreamError {
  const folders = all.map(({ folder, files }) =>
    files === null ? folder : `${folder} with the names of its setting files`,
  )
  const message = `system ${system} has no file in ${folders.join(', ')}; set the folders in its settings, or wait for the first file`
  return new StreamError('not_found', message, { field: 'system' })
}
