import { digest } from '../../events/identity.ts'
import type { Before } from '../../systems/kit/sink.ts'

/** Position of an event in its topic. */
export interface Origin {
  readonly topic: string
  readonly partition: number
  /** bigint as text. */
  readonly offset: string
}

/** What one target has of one key, or is being sent. Times are milliseconds UTC. */
export interface Delivery {
  readonly connection: string
  /** kind|entity key. */
  readonly key: string
  /** The newest version whose write began, with its content and its event: what the target must have in the end. */
  readonly rank: string
  readonly digest: string
  /**
   * Id of this content at the target, from when its write first began: later versions with the same content keep it,
   * and content that comes back after another has a new one. Null in rows of earlier releases.
   */
  readonly contentId: string | null
  readonly origin: Origin | null
  /**
   * `delivering` from before the write until its answer (an intent; it stays open if its worker dies), `delivered` when
   * the target has this version, `refused` when it certainly does not have it.
   */
  readonly state: 'delivering' | 'delivered' | 'refused'
  /** Grows with every intent: a worker whose token differs from the row's was overtaken. */
  readonly fence: number
  /** When the write of the intent can no longer take effect, whether its worker is alive or not. */
  readonly until: number
  /**
   * The same for earlier intents with an unknown outcome, and the content they carry (`*`: several). 0: there are none.
   */
  readonly unsettledUntil: number
  readonly unsettledDigest: string
  readonly targetId: string | null
  /** A record of the key may be parked. */
  readonly parked: boolean
  /** No write of the key begins before this time: somebody holds it. 0: nobody does. */
  readonly heldUntil: number
  /** Somebody decided that the target gets the key as canceled, whatever version arrives. Null: nobody did. */
  readonly cancellation: Cancellation | null
  /** Grows with every hold, release and cancellation: a late write of an earlier one changes nothing. */
  readonly decisions: number
}

/** Records that somebody canceled an entity at the target, whatever its source says. */
export interface Cancellation {
  readonly by: string
  readonly reason: string
  /** ISO 8601. */
  readonly at: string
}

export interface Wanted {
  readonly connection: string
  readonly key: string
  readonly rank: string
  readonly digest: string
  readonly origin: Origin
}

export interface DeliveryView {
  readonly now: number
  /** How long after its begin a write may still take effect. */
  readonly deadlineMs: number
  readonly naturalKey: boolean
  /** Asks the target even if the row says that it has this content. */
  readonly checks: boolean
}

export type Decision =
  /** Somebody holds it. */
  | { readonly next: 'held'; readonly until: number }
  /** Guarantee 4: a newer version was begun. */
  | { readonly next: 'superseded' }
  /** The target has this content. `intent`: the row to store for this version. */
  | { readonly next: 'confirm'; readonly intent: Delivery }
  /** An earlier create may still take effect and could not be distinguished from ours. */
  | { readonly next: 'wait'; readonly until: number }
  | { readonly next: 'write'; readonly intent: Delivery; readonly before: Before }

/** Decides what to do for a version, given the key's row. The fence token of an intent is one more than the row's. */
export function decideDelivery(row: Delivery | undefined, wanted: Wanted, view: DeliveryView): Decision {
  if (row !== undefined && row.rank > wanted.rank) return { next: 'superseded' }
  if (row !== undefined && row.heldUntil > view.now) return { next: 'held', until: row.heldUntil }
  const open = openWrites(row, view.now)
  const fence = (row?.fence ?? 0) + 1
  const intent: Delivery = {
    ...wanted,
    ...open,
    contentId: contentIdOf(row, wanted, fence),
    state: 'delivering',
    fence,
    until: view.now + view.deadlineMs,
    targetId: row?.targetId ?? null,
    parked: row?.parked ?? false,
    heldUntil: row?.heldUntil ?? 0,
    cancellation: row?.cancellation ?? null,
    decisions: row?.decisions ?? 0,
  }
  if (row?.state === 'delivered' && row.digest === wanted.digest && !view.checks) {
    return { next: 'confirm', intent: { ...intent, state: 'delivered', until: 0 } }
  }
  const unclear = row?.state === 'delivering' || open.unsettledUntil > 0
  if (unclear && !view.naturalKey && open.unsettledUntil > view.now) return { next: 'wait', until: open.unsettledUntil }
  return { next: 'write', intent, before: { targetId: intent.targetId, unclear } }
}

function contentIdOf(row: Delivery | undefined, wanted: Wanted, fence: number): string {
  if (row?.digest === wanted.digest && row.contentId !== null) return row.contentId
  return digest(wanted.digest, wanted.rank, String(fence))
}

/** When to check the target of the key because an earlier write of other content may still take effect; null: never. */
export function checkAgainAt(delivered: Delivery, now: number): number | null {
  const { unsettledUntil, unsettledDigest, digest } = delivered
  return unsettledUntil > now && unsettledDigest !== digest ? unsettledUntil : null
}

/** Earlier writes that may still take effect, including the row's own open intent. */
function openWrites(row: Delivery | undefined, now: number): Pick<Delivery, 'unsettledUntil' | 'unsettledDigest'> {
  const writes = [
    { until: row?.unsettledUntil ?? 0, digest: row?.unsettledDigest ?? '' },
    ...(row?.state === 'delivering' ? [{ until: row.until, digest: row.digest }] : []),
  ].filter(({ until }) => until > now)
  const digests = new Set(writes.map(({ digest }) => digest))
  const [first = ''] = digests
  return {
    unsettledUntil: Math.max(0, ...writes.map(({ until }) => until)),
    unsettledDigest: digests.size > 1 ? '*' : first,
  }
}
