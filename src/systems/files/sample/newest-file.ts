import { StreamError } from '../../../errors.ts'
import type { ProposedSetting } from '../../kit/settings-proposal.ts'
import { type ArrivedFile, arrivedFiles, markerOf } from '../arrived-files.ts'
import { type NamePattern, patternOf } from '../name-pattern.ts'
import { joined, type PlacedFile } from '../place.ts'
import type { IncomingValues } from '../settings.ts'
import { datedName } from './dated-name.ts'

/** The file of an entity that is looked at. */
export interface NewestFile {
  readonly name: string
  readonly path: string
  /** Pattern of its names, and how it shows that it is whole. */
  readonly arrival: readonly ProposedSetting[]
  readonly notes: readonly string[]
}

const ANY: NamePattern = { match: () => ({ date: '' }), onlyName: null }

/**
 * The newest file of a folder: of those that the settings name, else of all. Null: there is none. `ending`: of the
 * names that are read by default. Throws `source_data_invalid` if all of them are empty.
 */
export function newestFile(
  listed: readonly PlacedFile[],
  entity: string,
  values: IncomingValues,
  now: number,
): NewestFile | null {
  const files = ordered(listed, values.files ?? ANY, now)
  const whole = files.filter(({ bytes }) => bytes !== 0)
  const last = whole.at(-1)
  const dated = values.files === null && last !== undefined ? patternOf(datedName(last.name) ?? '') : undefined
  // A copied file may have a newer modification time than its date.
  const newest = dated === undefined ? last : ordered(whole, dated, now).at(-1)
  if (newest === undefined && files.length > 0)
    throw emptyError(
      values.folder,
      files.map(({ name }) => name),
    )
  if (newest === undefined) return null
  const marker = markersOf(newest.name, listed)
  const others = whole.filter(({ name }) => name !== newest.name)
  return {
    name: newest.name,
    path: joined(values.folder, newest.name),
    arrival: [
      ...(values.files === null ? patternSettings(entity, newest.name) : []),
      ...marker.map((name) => proposed(`${entity}.complete`, 'marker', `${name} lies beside it and is empty`)),
      ...marker
        .map((name) => name.replace(newest.name, '{name}'))
        .filter((name) => name !== '{name}.done')
        .map((name) => proposed(`${entity}.marker`, name, null)),
    ],
    notes:
      others.length === 0
        ? []
        : [
            othersNote(
              values,
              others.map(({ name }) => name),
            ),
          ],
  }
}

function ordered(listed: readonly PlacedFile[], files: NamePattern, now: number): readonly ArrivedFile[] {
  const arrived = arrivedFiles(listed, { files, complete: 'stable', marker: '' }, now)
  return arrived.filter(({ name }) => !name.startsWith('.'))
}

function proposed(name: string, value: string, comment: string | null): ProposedSetting {
  return { name, value, comment, isCertain: true }
}

/** Empty files with the name of the file in theirs. */
function markersOf(name: string, listed: readonly PlacedFile[]): readonly string[] {
  const beside = listed.filter((file) => file.bytes === 0 && file.name !== name && file.name.includes(name))
  const usual = beside.find((file) => file.name === markerOf(name, '{name}.done'))
  return [usual ?? beside[0]].flatMap((file) => (file === undefined ? [] : [file.name]))
}

function patternSettings(entity: string, name: string): readonly ProposedSetting[] {
  const dated = datedName(name)
  if (dated !== null) return [proposed(`${entity}.files`, dated, `such as ${name}, ordered by the date in it`)]
  const [ending = ''] = /\.[A-Za-z0-9]+(?:\.gz)?$/.exec(name) ?? []
  const comment = `such as ${name}; without a date in it, files are ordered by their modification time`
  return [proposed(`${entity}.files`, `*${ending}`, comment)]
}

function othersNote({ files }: IncomingValues, names: readonly string[]): string {
  const shown = names.slice(-5).map((name) => JSON.stringify(name.slice(0, 60)))
  const what = files === null ? 'the folder has other files too' : 'other files have such names too'
  return `${what}, ${names.length}: ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}; this one is the newest`
}

function emptyError(folder: string, names: readonly string[]): StreamError {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 60)))
  return new StreamError('source_data_invalid', `all files in ${folder} are empty: ${shown.join(', ')}`)
}
