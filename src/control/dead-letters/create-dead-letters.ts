import { StreamError, toStreamError } from '../../errors.ts'
import { topics } from '../../events/topics.ts'
import { holdsPersonal } from '../../platform/registry/personal-fields.ts'
import { type DiscardRequest, discardLetter } from './discard.ts'
import type { Letter, LetterDeps } from './letter.ts'
import { decodeOriginal, type Original, originalOf, shownOf } from './original.ts'
import { checkRetry, type Retried, type RetryRequest, retryLetter } from './retry.ts'

/** Default number of retries per second. */
export const USUAL_RATE = 10
/** Default number of dead letters changed by one request. */
export const USUAL_LIMIT = 100

/** Which dead letters, and how many. */
export interface Many<F> {
  readonly filter: F
  /** Maximum. */
  readonly limit: number
  /** Lists the dead letters without changing them. */
  readonly dryRun: boolean
  /** Called before each dead letter: how many were handled, and how many there are. */
  readonly progress?: ((handled: number, of: number) => void) | undefined
}

export interface ManyDone {
  /** Ids of the dead letters that were changed (or would be). */
  readonly done: readonly string[]
  /** Dead letters that were not changed, and why. */
  readonly skipped: readonly { readonly id: string; readonly code: string; readonly message: string }[]
  /** More may match: ask again. */
  readonly more: boolean
}

/** A dead letter's original bytes, and the event in them. */
export interface Opened {
  readonly original: Original
  /** Decimals as text, times as ISO 8601; null if it can't be read. */
  readonly event: unknown
  /** Why it can't be read. */
  readonly undecodable: { readonly code: string; readonly message: string } | null
  /**
   * The caller may not see personal data: the personal fields of the event are masked, and the original has no value.
   */
  readonly masked: boolean
}

/** Actions on dead letters, shared by the API and the command. `F`: the filter. */
export interface DeadLetters<F> {
  /** `persons`: includes personal data. */
  open(letter: Letter, persons: boolean): Promise<Opened>
  retry(id: string, request: RetryRequest): Promise<Retried>
  /** One after the other, `rate` per second. Throws errors that stop all of them, for example `broker_unavailable`. */
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

/** A dead letter without a topic comes from a read, whose id contains the entity. */
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

/** Chooses the dead letters before it changes the first, so that one that fails again is not met twice. */
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

/** Limits calls to the rate that each caller asks for, across all callers; each waits for its turn. */
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
