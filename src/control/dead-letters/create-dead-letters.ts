import { StreamError, toStreamError } from '../../errors.ts'
import { topics } from '../../events/topics.ts'
import { holdsPersonal } from '../../platform/registry/personal-fields.ts'
import { type DiscardRequest, discardLetter } from './discard.ts'
import type { Letter, LetterDeps } from './letter.ts'
import { decodeOriginal, type Original, originalOf, shownOf } from './original.ts'
import { checkRetry, type Retried, type RetryRequest, retryLetter } from './retry.ts'

/** Retries a second, where nothing else is asked for. */
export const USUAL_RATE = 10
/** Letters changed by one request, where nothing else is asked for. */
export const USUAL_LIMIT = 100

/** Which letters, and how many. */
export interface Many<F> {
  readonly filter: F
  /** At most. */
  readonly limit: number
  /** Says which letters it would be, and changes none. */
  readonly dryRun: boolean
  /** Called before each letter: how many were handled, of how many. */
  readonly progress?: ((handled: number, of: number) => void) | undefined
}

export interface ManyDone {
  /** Ids of the letters it was done to (or would be). */
  readonly done: readonly string[]
  /** Letters that were left as they are, and why. */
  readonly skipped: readonly { readonly id: string; readonly code: string; readonly message: string }[]
  /** There may be more that fit: ask again. */
  readonly more: boolean
}

/** A letter's original bytes, and the event in them. */
export interface Opened {
  readonly original: Original
  /** Decimals as text, times as ISO 8601; null when it can't be read. */
  readonly event: unknown
  /** Why it can't be read. */
  readonly undecodable: { readonly code: string; readonly message: string } | null
  /** Personal fields of the event are masked, and the original has no value: neither may be seen. */
  readonly masked: boolean
}

/** What people do about dead letters; the API and the command share it. `F`: which letters. */
export interface DeadLetters<F> {
  /** `persons`: with what it says of persons. */
  open(letter: Letter, persons: boolean): Promise<Opened>
  retry(id: string, request: RetryRequest): Promise<Retried>
  /** One after the other, `rate` a second. Throws what stops all of them, for example `broker_unavailable`. */
  retryMany(many: Many<F>, request: RetryRequest & { readonly rate: number }): Promise<ManyDone>
  discard(id: string, request: DiscardRequest): Promise<void>
  discardMany(many: Many<F>, request: DiscardRequest): Promise<ManyDone>
}

export function createDeadLetters<F>(deps: LetterDeps<F>): DeadLetters<F> {
  const own = deps as LetterDeps<never>
  const pace = createPace(deps.clock)
  const retry = async (id: string, request: RetryRequest) => {
    await pace.turn(USUAL_RATE)
    return await retryLetter(own, await find(deps, id), request)
  }
  return {
    async open(letter, persons) {
      const whole = await originalOf(deps, letter)
      const decoded = await decodeOriginal(deps, whole)
      const masked = !persons && mayBePersonal(letter, deps.topicPrefix)
      const original = masked ? { ...whole, value: null } : whole
      if ('decoded' in decoded) return { original, masked, event: shownOf(decoded.decoded, persons), undecodable: null }
      const { code, message } = decoded.error
      return { original, masked, event: null, undecodable: { code, message } }
    },
    retry,
    retryMany: (many, { rate, ...request }) =>
      each(deps, many, async (letter) => {
        if (many.dryRun) return await checkRetry(own, letter, request)
        await pace.turn(rate)
        await retryLetter(own, letter, request)
      }),
    discard: async (id, request) => await discardLetter(own, await find(deps, id), request),
    discardMany: (many, request) =>
      each(deps, many, async (letter) => {
        if (!many.dryRun) await discardLetter(own, letter, request)
      }),
  }
}

/** What is of no topic is of a read, whose id has its entity. */
function mayBePersonal({ topic, stage }: Letter, prefix: string): boolean {
  const kind = topic === '' ? stage.split('.')[1] : topic.slice(prefix.length).split('.', 1)[0]
  const known = topics.find((one) => one.kind === kind)
  return known === undefined || holdsPersonal(known.kind)
}

async function find<F>({ store }: LetterDeps<F>, id: string): Promise<Letter> {
  const letter = await store.get(id)
  if (letter !== undefined) return letter
  throw new StreamError('not_found', `id: there is no dead letter "${id}"; the list has their ids`, { field: 'id' })
}

const PAGE = 500

/** The letters are chosen before the first is changed: what fails again meanwhile is not met twice. */
async function each<F>(deps: LetterDeps<F>, many: Many<F>, act: (letter: Letter) => Promise<void>): Promise<ManyDone> {
  const { ids, more } = await choose(deps, many)
  const done: string[] = []
  const skipped: { id: string; code: string; message: string }[] = []
  for (const [index, id] of ids.entries()) {
    many.progress?.(index, ids.length)
    try {
      await act(await find(deps, id))
      done.push(id)
    } catch (thrown) {
      const { policy, code, message } = toStreamError(thrown)
      if (policy !== 'refuse') throw thrown
      skipped.push({ id, code, message })
    }
  }
  return { done, skipped, more }
}

async function choose<F>({ store }: LetterDeps<F>, { filter, limit }: Many<F>) {
  const ids: string[] = []
  let after: string | null = null
  do {
    const page = await store.list(filter, Math.min(PAGE, limit - ids.length), after)
    ids.push(...page.rows.map(({ id }) => id))
    after = page.next
  } while (after !== null && ids.length < limit)
  return { ids, more: after !== null }
}

/** Lets callers through no more often than they say, whoever they are; each waits for its turn. */
interface Pace {
  turn(perSecond: number): Promise<void>
}

function createPace(clock: LetterDeps<never>['clock']): Pace {
  let free = 0
  return {
    async turn(perSecond) {
      const now = clock.now()
      const mine = Math.max(now, free)
      free = mine + 1000 / perSecond
      if (mine > now) await clock.sleep(mine - now)
    },
  }
}
