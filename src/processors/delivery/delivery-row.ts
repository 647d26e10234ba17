import type { Before } from '../../systems/kit/sink.ts'

/** Where an event is in its topic. */
export interface Origin {
  readonly topic: string
  readonly partition: number
  /** bigint as text. */
  readonly offset: string
}

/** What one target has of one key, or is being given. Times are milliseconds UTC. */
export interface Delivery {
  readonly connection: string
  /** kind|entity key. */
  readonly key: string
  /** The newest version that was begun, its content and its event: what the target is to have in the end. */
  readonly rank: string
  readonly digest: string
  readonly origin: Origin | null
  /**
   * `delivering` from before the write until its answer (an intent; of a worker that died it stays open), `delivered`
   * when the target has this version, `refused` when it certainly does not have it.
   */
  readonly state: 'delivering' | 'delivered' | 'refused'
  /** Grows with every intent: a worker whose token is not the row's any more was overtaken. */
  readonly fence: number
  /** When the write of the intent can't take effect any more, its worker alive or not. */
  readonly until: number
  /** The same of earlier intents whose end nobody saw, and the content they carry (`*`: several). 0: there are none. */
  readonly unsettledUntil: number
  readonly unsettledDigest: string
  readonly targetId: string | null
  /** A record of the key may be parked. */
  readonly parked: boolean
  /** Nothing of the key is begun before: somebody holds it. 0: nobody does. */
  readonly heldUntil: number
  /** Whatever version comes, the target is to have the key as canceled: somebody decided it. Null: nobody did. */
  readonly cancellation: Cancellation | null
}

/** That somebody canceled an entity at the target, whatever its source says. */
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
  /** The target has this content. `intent`: the row as it is to be for this version. */
  | { readonly next: 'confirm'; readonly intent: Delivery }
  /** An earlier create may still come to pass and could not be distinguished from ours. */
  | { readonly next: 'wait'; readonly until: number }
  | { readonly next: 'write'; readonly intent: Delivery; readonly before: Before }

/** What is to be done for a version, given the key's row; the fence token of an intent is one more than the row's. */
export function decideDelivery(row: Delivery | undefined, wanted: Wanted, view: DeliveryView): Decision {
  if (row !== undefined && row.rank > wanted.rank) return { next: 'superseded' }
  if (row !== undefined && row.heldUntil > view.now) return { next: 'held', until: row.heldUntil }
  const open = openWrites(row, view.now)
  const intent: Delivery = {
    ...wanted,
    ...open,
    state: 'delivering',
    fence: (row?.fence ?? 0) + 1,
    until: view.now + view.deadlineMs,
    targetId: row?.targetId ?? null,
    parked: row?.parked ?? false,
    heldUntil: row?.heldUntil ?? 0,
    cancellation: row?.cancellation ?? null,
  }
  if (row?.state === 'delivered' && row.digest === wanted.digest && !view.checks) {
    return { next: 'confirm', intent: { ...intent, state: 'delivered', until: 0 } }
  }
  const unclear = row?.state === 'delivering' || open.unsettledUntil > 0
  if (unclear && !view.naturalKey && open.unsettledUntil > view.now) return { next: 'wait', until: open.unsettledUntil }
  return { next: 'write', intent, before: { targetId: intent.targetId, unclear } }
}

/** When the target of the key is to be checked, because an earlier write of other content may yet come to pass; null: never. */
export function checkAgainAt(delivered: Delivery, now: number): number | null {
  const { unsettledUntil, unsettledDigest, digest } = delivered
  return unsettledUntil > now && unsettledDigest !== digest ? unsettledUntil : null
}

/** Earlier writes that may still come to pass, the row's own open intent among them. */
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
