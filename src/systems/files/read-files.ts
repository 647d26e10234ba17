import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Entity } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import { noNotes, type ReaderNotes } from '../kit/reader-notes.ts'
import type { Page, SourceReader } from '../kit/source.ts'
import {
  type Arrival,
  type ArrivedFile,
  type afterReading,
  arrivedFiles,
  markerOf,
  stableFiles,
} from './arrived-files.ts'
import type { FilesClient } from './client.ts'
import { type BegunFile, type FileMemory, fileMemory, type LastFile } from './file-notes.ts'
import { filePages } from './file-pages.ts'
import { type SpooledFile, spool } from './file-spool.ts'
import { type FileForm, type Inspected, inspectFile, keysOf, type RowMeaning } from './inspect-file.ts'
import { isOther, joined, showsChanges } from './place.ts'

/** How the files of an entity arrive and what becomes of them. */
export interface FileReading<E extends Entity> {
  readonly entity: E
  readonly folder: string
  readonly arrival: Arrival
  /** Time between the two looks at a file whose size shows that it is whole. */
  readonly stableMs: number
  readonly after: (typeof afterReading)[number]
  /** Folder of read files. */
  readonly archive: string
  readonly form: FileForm
  readonly meaning: RowMeaning<E>
  /** Whether each file has everything there is; else it has changes only, and what it lacks is not gone. */
  readonly isFull: boolean
  /** Share of keys that a full file may have less than the one before. */
  readonly mostGone: number
}

export interface FileReaderDeps {
  readonly client: FilesClient
  readonly read: Read
  readonly clock: Clock
  readonly notes: ReaderNotes | undefined
}

/**
 * Reads the files that have arrived, oldest first, each once. A file is fetched whole and looked through before
 * anything of it is published: an empty, half, older, shrunk or wrong one changes nothing. It counts as read, and is
 * moved or deleted, only after the broker has acknowledged all of it (Guarantee 1).
 */
export function readFiles<E extends Entity>(
  reading: FileReading<E>,
  { client, read, clock, notes = noNotes }: FileReaderDeps,
): SourceReader<E> {
  const memory = fileMemory(notes, read.id, client.formOf(reading.form.settingsOf))
  const job = { reading, client, read, clock, memory }
  return {
    name: `files.${reading.entity}`,
    entity: reading.entity,
    async *read(window, _after, signal) {
      const refused: Refusal[] = []
      let fetchedAt = 0
      const files = await wholeFiles(job, signal)
      const known = await memory.known(files)
      for (const file of files) {
        const last = await memory.last()
        const note = known.get(file.name)
        const isWanted =
          window.again === true || window.from === null || note?.form !== client.formOf(reading.form.settingsOf)
        // Without a time, only a note tells that it is the last one.
        const isLast =
          last?.order === file.order || (file.modifiedAt === null && note !== undefined && last?.name === file.name)
        if (note !== undefined && showsChanges(file) && !(isLast && isWanted)) {
          if (await finishFile(job, file, note.digest, signal)) continue
        }
        const newer = await newerFile(job, file, last)
        if (newer !== undefined) {
          yield olderPage<E>(file, newer, clock.now())
          await memory.remember(file, 'older')
          continue
        }
        // Guarantee 4: what a later file says is newer, also within the same millisecond.
        fetchedAt = Math.max(clock.now(), fetchedAt + 1)
        try {
          yield* readFile({ ...job, requestedAt: fetchedAt }, file, { last, again: isLast && isWanted }, signal)
        } catch (error) {
          if (!isRefusal(error)) throw error
          refused.push({ name: file.name, error })
          // Changes build on each other: what follows a file that can't be read has to wait for it.
          if (!reading.isFull) break
        }
      }
      if (refused.length > 0) throw refusedError(refused)
    },
    ...(reading.isFull ? { keys: (signal, accepted) => keysOfLast(job, signal, accepted) } : { keys: noKeys(read) }),
  }
}

interface Job<E extends Entity> {
  readonly reading: FileReading<E>
  readonly client: FilesClient
  readonly read: Read
  readonly clock: Clock
  readonly memory: FileMemory
}

interface Refusal {
  readonly name: string
  readonly error: StreamError
}

/** Names at most in one message. */
const MOST_NAMED = 20

/** The first one, with the names of the others: one that stays in its folder must not hide those that come after it. */
function refusedError([first, ...others]: readonly Refusal[]): StreamError | undefined {
  if (first === undefined || others.length === 0) return first?.error
  const { code, message, field, details } = first.error
  const named = others.slice(0, MOST_NAMED).map(({ name }) => name)
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : ''
  const all = `${message}. Also refused, each for a reason of its own: ${named.join(', ')}${more}`
  return new StreamError(code, all, { details, cause: first.error, ...(field === undefined ? {} : { field }) })
}

/** The file is wrong, not its place. */
function isRefusal(error: unknown): error is StreamError {
  return error instanceof StreamError && (error.policy === 'dead-letter' || error.code === 'too_many_gone')
}

async function wholeFiles<E extends Entity>(
  { reading, client, clock }: Job<E>,
  signal: AbortSignal,
): Promise<readonly ArrivedFile[]> {
  const look = async () =>
    await client.visit(async (visit) => {
      const files = arrivedFiles(await visit.list(reading.folder), reading.arrival, clock.now())
      return { files, areWhole: visit.listsOnlyWhole || reading.arrival.complete !== 'stable' }
    }, signal)
  const { files, areWhole } = await look()
  if (files.length === 0 || areWhole) return files
  await clock.sleep(reading.stableMs, signal)
  return stableFiles(files, (await look()).files)
}

/** `last`: the file before; `again`: it is this one, and is read although it may not have changed. */
async function* readFile<E extends Entity>(
  job: Job<E> & { readonly requestedAt: number },
  file: ArrivedFile,
  { last, again }: { readonly last: LastFile | undefined; readonly again: boolean },
  signal: AbortSignal,
): AsyncGenerator<Page<E>> {
  const { reading, client, read, memory, requestedAt } = job
  const content = await fetched(client, joined(reading.folder, file.name), signal, file)
  // It was taken away, or is still being written: the next run looks again.
  if (content === null) return
  try {
    if (file.bytes !== null && content.bytes !== file.bytes) return
    // Of a newer one, a process that ended may have published some: then this one is news again.
    const begun = reading.isFull ? await memory.begun() : undefined
    const isOvertaken = begun !== undefined && last !== undefined && begun.order > last.order
    const isSame = last?.digest === content.digest && !isOvertaken
    const keys = isSame && !again && (reading.isFull || last.name === file.name) ? last.keys : null
    if (keys === null) {
      const inspected = await inspectFile(content, file.name, reading.form, reading.meaning)
      assertPlausible(job, file, inspected, isSame ? undefined : last)
      if (reading.isFull) await memory.rememberBegun(file)
      const how = { form: reading.form, meaning: reading.meaning, pageSize: read.pageSize }
      for await (const { entities, unreadable, lastNumber } of filePages(content, file.name, how, inspected)) {
        const reached = { changedAt: file.order, id: String(lastNumber) }
        yield { entities, unreadable, rows: [], reached, requestedAt }
      }
      await rememberRead(job, file, { digest: content.digest, keys: inspected.keys })
    } else {
      await rememberRead(job, file, { digest: content.digest, keys })
    }
    await memory.remember(file, content.digest)
    await putAway(job, file, content.digest, signal)
  } finally {
    await content.discard()
  }
}

async function rememberRead<E extends Entity>(
  { reading, memory }: Job<E>,
  file: ArrivedFile,
  { digest, keys }: Pick<LastFile, 'digest' | 'keys'>,
): Promise<void> {
  const path = pathAfter(reading, file, digest)
  await memory.rememberLast({ name: file.name, order: file.order, digest, keys, path })
}

/** Null: the file is no longer there. */
async function fetched(
  client: FilesClient,
  path: string,
  signal: AbortSignal,
  listed?: ArrivedFile,
): Promise<SpooledFile | null> {
  try {
    return await client.visit((visit) => spool(visit.read(path, listed)), signal)
  } catch (error) {
    if (error instanceof StreamError && error.code === 'not_found') return null
    throw error
  }
}

function assertPlausible<E extends Entity>(
  { reading, read }: Job<E>,
  { name }: ArrivedFile,
  { keys }: Inspected,
  last: LastFile | undefined,
): void {
  if (!reading.isFull) return
  if (keys === 0) {
    const message = `the file ${name} has no rows; this is not accepted as a deletion of everything`
    throw new StreamError('source_data_invalid', message)
  }
  if (last === undefined || last.keys - keys <= last.keys * reading.mostGone) return
  const field = `settings.${reading.form.settingsOf}.mostGonePercent`
  const message =
    `${read.id}: the file ${name} has ${keys} keys, but ${last.name} had ${last.keys}: more than ` +
    `${reading.mostGone * 100} % are gone, so nothing of it was taken. Check the file. If it is correct, run: ` +
    `waldstream sync ${read.id} --sweep --accept-deletions`
  throw new StreamError('too_many_gone', message, { field })
}

/**
 * Guarantee 4: a newer file that was read before this one or, if it has everything, of which a process that ended may
 * have published some.
 */
async function newerFile<E extends Entity>(
  { reading, memory }: Job<E>,
  { order }: ArrivedFile,
  last: LastFile | undefined,
): Promise<BegunFile | undefined> {
  if (last !== undefined && order < last.order) return last
  const begun = reading.isFull ? await memory.begun() : undefined
  return begun !== undefined && order < begun.order ? begun : undefined
}

/** Reports a file that came too late: what it says was overtaken by a newer one. */
function olderPage<E extends Entity>(file: ArrivedFile, newer: BegunFile, requestedAt: number): Page<E> {
  const message = `the file ${file.name} is older than ${newer.name}, which was read before it: nothing of it was taken`
  const error = new StreamError('source_data_invalid', message)
  const unreadable = [{ key: file.name, error, raw: JSON.stringify({ name: file.name, bytes: file.bytes }) }]
  return { entities: [], unreadable, rows: [], reached: { changedAt: file.order, id: '' }, requestedAt }
}

/** Where a file lies after it was read; null: nowhere. */
function pathAfter<E extends Entity>(
  { folder, after, archive }: FileReading<E>,
  { name }: Pick<ArrivedFile, 'name'>,
  digest: string,
): string | null {
  if (after === 'delete') return null
  // With the digest: a vendor may use one name for all its files.
  return after === 'keep' ? joined(folder, name) : joined(joined(folder, archive), `${digest.slice(0, 12)}-${name}`)
}

/**
 * Goes on where an earlier run was interrupted. False: the file is another one than the one that was read, although
 * name, size and time are the same.
 */
async function finishFile<E extends Entity>(
  job: Job<E>,
  file: ArrivedFile,
  digest: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { reading, client } = job
  if (reading.after === 'keep' || digest === 'older') return true
  const content = await fetched(client, joined(reading.folder, file.name), signal)
  if (content === null) return true
  try {
    if (content.digest !== digest) return false
    await putAway(job, file, digest, signal)
    return true
  } finally {
    await content.discard()
  }
}

async function putAway<E extends Entity>(
  { reading, client }: Job<E>,
  file: ArrivedFile,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  if (reading.after === 'keep') return
  const from = joined(reading.folder, file.name)
  const to = pathAfter(reading, file, digest)
  await client.visit(async (visit) => {
    const there = await visit.find(from)
    // Another file under the same name: the next run reads it.
    if (there !== null && isOther(there, file)) return
    if (to === null || (await visit.find(to)) !== null) await visit.remove(from, file)
    else if (there !== null) await visit.move(from, to, file)
    if (reading.arrival.complete !== 'marker') return
    await visit.remove(joined(reading.folder, markerOf(file.name, reading.arrival.marker)))
  }, signal)
}

function noKeys({ id }: Read): () => AsyncGenerator<never> {
  return async function* () {
    const message = `${id}: its files have changes only, so what they lack is not gone; remove the sweep of the read`
    yield* []
    throw new StreamError('configuration_invalid', message, { field: 'reads.sweep' })
  }
}

/**
 * All keys of the full file that was read last, or of the newest one if the notes were lost: what was published and is
 * not in it is gone. `accepted`: a person has confirmed the newest file, although it has far fewer keys.
 */
async function* keysOfLast<E extends Entity>(
  job: Job<E>,
  signal: AbortSignal,
  accepted: boolean,
): AsyncGenerator<readonly { readonly key: string }[]> {
  const { reading, client, read, memory } = job
  const last = await memory.last()
  const newest = accepted || last === undefined ? (await wholeFiles(job, signal)).at(-1) : undefined
  const isNewer = newest !== undefined && (last === undefined || newest.order > last.order)
  const name = isNewer ? newest.name : last?.name
  const path = isNewer ? joined(reading.folder, newest.name) : (last?.path ?? null)
  if (name === undefined || path === null) throw noFileError(read, reading.form, last)
  const content = await fetched(client, path, signal)
  if (content === null || (!isNewer && content.digest !== last?.digest)) throw changedError(read, name)
  try {
    const { keys, keyProblem } = await inspectFile(content, name, reading.form, reading.meaning)
    if (keyProblem !== null) {
      const message = `rows of the file ${name} have no certain key, so nothing is deleted; the first: ${keyProblem}`
      throw new StreamError('source_data_invalid', message)
    }
    for await (const some of keysOf(content, name, reading.form, reading.meaning)) yield some.map((key) => ({ key }))
    if (accepted && last !== undefined) await memory.rememberLast({ ...last, keys })
  } finally {
    await content.discard()
  }
}

function noFileError({ id }: Read, { settingsOf }: FileForm, last: LastFile | undefined): StreamError {
  if (last === undefined) {
    return new StreamError('source_data_invalid', `${id}: there is no file, so nothing is known to be gone`)
  }
  const field = `settings.${settingsOf}.after`
  const message = `${id}: ${last.name} was deleted after it was read; set ${field} to move or keep to look for deletions`
  return new StreamError('configuration_invalid', message, { field })
}

function changedError({ id }: Read, name: string): StreamError {
  const message = `${id}: the file ${name} has changed or is gone since it was read; sweep again after the next read`
  return new StreamError('source_data_invalid', message)
}
