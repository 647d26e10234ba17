import { StreamError } from '../../errors.ts'
import type { Keyset, ReadWindow } from '../kit/source.ts'
import { requireText, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { quoted } from './odata.ts'
import {
  before,
  type Minute,
  minuteAfter,
  minuteOf,
  minuteWindow,
  type StampFields,
  since,
  stampOf,
  UPDATED,
} from './time.ts'

/** Rows of one collection by the time of a change, in one of several passes over a window. */
export interface Pass {
  readonly collection: string
  readonly stamps: StampFields
  readonly id: { readonly name: string; readonly isText: boolean }
  /** A further condition for the rows. */
  readonly filter: string | null
  readonly select?: readonly string[]
  /** Whether a row belongs to this pass and not to another. */
  keeps?(row: Wire): boolean
}

/** A record may have no update time before its first change: until then, its creation time counts. */
export function changePasses(common: Omit<Pass, 'stamps' | 'keeps'>, created: StampFields): readonly Pass[] {
  return [
    { ...common, stamps: UPDATED },
    { ...common, stamps: created, keeps: (row) => stampOf(row, UPDATED) === null },
  ]
}

export interface PassPage {
  readonly pass: Pass
  readonly rows: readonly Wire[]
  readonly reached: Keyset
  readonly requestedAt: number
}

export interface WindowRun {
  readonly client: SapB1Client
  readonly window: ReadWindow
  /** Zone of the server's clock. */
  readonly zone: string
  readonly pageSize: number
  readonly now: () => number
  readonly signal: AbortSignal
}

type Found = Omit<PassPage, 'pass'>

/** The minute that was reached; `id` empty: all of its rows were returned, else those up to this id. */
interface Place {
  readonly minute: Minute
  readonly id: string
}

/** All passes, one after the other; `reached` contains the number of the pass. */
export async function* passPages(
  run: WindowRun,
  passes: readonly Pass[],
  after: Keyset | null,
): AsyncGenerator<PassPage> {
  const [first, minute] = after === null ? [0, ''] : placeIn(after)
  for (const [index, pass] of passes.entries()) {
    if (index < first) continue
    const place = after === null || index > first ? null : { minute, id: after.id }
    for await (const { rows, reached, requestedAt } of windowPages(run, pass, place)) {
      const kept = pass.keeps === undefined ? rows : rows.filter(pass.keeps)
      yield { pass, rows: kept, reached: { ...reached, changedAt: `${index} ${reached.changedAt}` }, requestedAt }
    }
  }
}

function placeIn({ changedAt }: Keyset): readonly [pass: number, minute: Minute] {
  return [Number(changedAt.slice(0, 1)), changedAt.slice(2)]
}

/**
 * Pages of a closed window by keyset, never by `$skip`: a row that changes during paging does not shift others
 * (Guarantee 6). SAP filters times only by whole minutes, however finely it sorts: the minute in which a full page ends
 * is read by id, from its start, before paging by time resumes.
 */
async function* windowPages(run: WindowRun, pass: Pass, after: Place | null): AsyncGenerator<Found> {
  const bounds = minuteWindow(run.window, run.zone)
  const inWindow = [...(bounds.from === null ? [] : [since(pass.stamps, bounds.from)]), before(pass.stamps, bounds.to)]
  let last = after
  if (last !== null && last.id !== '') {
    yield* minutePages(run, pass, last.minute, last.id)
    last = { minute: last.minute, id: '' }
  }
  for (;;) {
    const requestedAt = run.now()
    const later = last === null ? [] : [since(pass.stamps, minuteAfter(last.minute))]
    const orderBy = [pass.stamps.date, pass.stamps.time, pass.id.name]
    const { rows, more } = await ask(run, pass, [...inWindow, ...later], orderBy)
    const end = rows.at(-1)
    if (end === undefined) return
    const endMinute = minuteOfRow(end, pass)
    assertLater(last, minuteOfRow(rows[0] ?? end, pass))
    if (more) assertAscending(rows.map((row) => minuteOfRow(row, pass)))
    const whole = more ? rows.filter((row) => minuteOfRow(row, pass) < endMinute) : rows
    const lastWhole = whole.at(-1)
    if (lastWhole !== undefined) {
      const reached = keysetOf({ minute: minuteOfRow(lastWhole, pass), id: '' })
      yield { rows: whole, reached, requestedAt }
    }
    if (!more) return
    yield* minutePages(run, pass, endMinute, '')
    last = { minute: endMinute, id: '' }
  }
}

/** The rows of one minute after an id, by id. */
async function* minutePages(run: WindowRun, pass: Pass, minute: Minute, after: string): AsyncGenerator<Found> {
  const { name, isText } = pass.id
  const inMinute = [since(pass.stamps, minute), before(pass.stamps, minuteAfter(minute))]
  for (let last = after; ; ) {
    const requestedAt = run.now()
    const beyond = last === '' ? [] : [`${name} gt ${isText ? quoted(last) : last}`]
    const { rows, more } = await ask(run, pass, [...inMinute, ...beyond], [name])
    const end = rows.at(-1)
    if (end === undefined) return
    const id = requireText(end, name)
    if (id === last) throw notSortedError(id)
    last = id
    yield { rows, reached: keysetOf({ minute, id: more ? id : '' }), requestedAt }
    if (!more) return
  }
}

/** A full page may not be the last one, even if SAP does not say so. */
async function ask(run: WindowRun, { collection, filter, select }: Pass, conditions: string[], orderBy: string[]) {
  const query = {
    filter: [...(filter === null ? [] : [filter]), ...conditions].join(' and '),
    orderBy,
    pageSize: run.pageSize,
    ...(select === undefined ? {} : { select }),
  }
  const { rows, more } = await run.client.find(collection, query, run.signal)
  return { rows, more: more || rows.length >= run.pageSize }
}

function minuteOfRow(row: Wire, { stamps }: Pass): Minute {
  const stamp = stampOf(row, stamps)
  if (stamp !== null) return minuteOf(stamp)
  throw new StreamError('source_data_invalid', `SAP returned a row without ${stamps.date} for a filter by it`, {
    field: stamps.date,
  })
}

/** Throws if rows are not after the requested minute: reading them would never end. */
function assertLater(last: Place | null, first: Minute): void {
  if (last !== null && first <= last.minute) throw notSortedError(first)
}

/** Throws if a full page is not sorted: it might not be the first part of the rows, and some would be lost. */
function assertAscending(minutes: readonly Minute[]): void {
  const wrong = minutes.find((minute, index) => minute < (minutes[index - 1] ?? minute))
  if (wrong !== undefined) throw notSortedError(wrong)
}

function notSortedError(at: string): StreamError {
  return new StreamError('source_data_invalid', `SAP does not sort rows as requested: ${at} is out of order`)
}

function keysetOf({ minute, id }: Place): Keyset {
  return { changedAt: minute, id }
}
