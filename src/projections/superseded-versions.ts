import type { Place } from '../events/generated/events.ts'
import { rankVersion, versionOfRank, versionRank } from '../events/version.ts'
import { type DeadLetterSender, deadLetterId, sendDeadLetter, toSuperseded } from '../platform/runtime/dead-letters.ts'
import { stageResult } from '../platform/runtime/stage-result.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import { stageOrder } from './entity-row.ts'
import type { FailedVersion } from './failed-version.ts'
import type { StagedRow, StageReport } from './staged-row.ts'

/** Most failed versions that a row stores; the dead letters of further ones stay open. */
const MOST = 20
/** A stage before the sinks has let an entity pass with these. */
const PASSED: readonly string[] = ['succeeded', 'ignored', 'processing']

/** What the reports of an entity leave failed, and what they superseded. */
export interface Failures {
  readonly failed: readonly FailedVersion[]
  readonly superseded: readonly SupersededVersion[]
}

export interface SupersededVersion {
  readonly version: FailedVersion
  /** Rank of the version that passed the stage. */
  readonly by: string
}

/**
 * The failed versions after a report. Reports of two versions arrive in any order: a failure is also compared with what
 * the row shows. Only a version that passed the stage supersedes a failure there: not one that failed itself, waits, or
 * was discarded.
 */
export function afterReport(
  failed: readonly FailedVersion[],
  row: Pick<StagedRow, 'stage' | 'rank' | 'status' | 'code'>,
  report: StageReport,
): Failures {
  const { stage, result } = report
  const reported = {
    stage,
    rank: versionRank(result),
    status: result.status,
    code: result.code,
    place: recordOf(report),
  }
  const known = withFailure(failed, report)
  const superseded = known.flatMap((version): SupersededVersion[] => {
    const by = [reported, { ...row, place: null }].find((standing) => hasPassed(standing, version))
    return by === undefined ? [] : [{ version, by: by.rank }]
  })
  const gone = new Set(superseded.map(({ version }) => version))
  const left = known.filter((version) => !gone.has(version))
  return { failed: left.length === failed.length && known === failed ? failed : left, superseded }
}

function withFailure(failed: readonly FailedVersion[], report: StageReport): readonly FailedVersion[] {
  const { stage, result, task } = report
  const place = recordOf(report)
  if (result.status !== 'failed' || place === null) return failed
  const { topic, partition, offset } = place
  const isKnown = failed.some(
    (one) => one.stage === stage && one.topic === topic && one.partition === partition && one.offset === offset,
  )
  if (isKnown || failed.length === MOST) return failed
  return [...failed, { stage, rank: versionRank(result), topic, partition, offset, task, event_id: result.eventId }]
}

/** The record that the stage handled; null: the report has no place. */
function recordOf({ places: { mapped, source } }: StageReport): Place | null {
  return mapped ?? source
}

interface Standing {
  readonly stage: string
  readonly rank: string
  readonly status: string
  readonly code: string | null
  /** Null: unknown. */
  readonly place: Place | null
}

/** The same version passes a stage after its failure only if it was sent there again. */
function hasPassed({ stage, rank, status, code, place }: Standing, failed: FailedVersion): boolean {
  if (rank < failed.rank || (rank === failed.rank && !isBehind(place, failed))) return false
  if (stage !== failed.stage) return stageOrder(stage) > stageOrder(failed.stage)
  // Somebody retries it: the stage has not handled it yet.
  if (status === 'processing' && code === 'retried') return false
  // A sink also ignores what the vendor refuses: its system does not have that version.
  return stageOrder(stage) < SINKS ? PASSED.includes(status) : status === 'succeeded'
}

function isBehind(place: Place | null, { topic, partition, offset }: FailedVersion): boolean {
  return place !== null && place.topic === topic && place.partition === partition && place.offset > offset
}

const SINKS = stageOrder('deliver-')

/** What is needed to close the dead letters of superseded versions. */
export interface ClosingDeps extends DeadLetterSender {
  readonly reporter: StatusReporter
  readonly clock: { now(): number }
}

/**
 * Closes the dead letters of superseded versions in their topic, behind their failures, so that the topic alone gives the
 * same rows (Guarantee 9). A dead letter is of one connection or of all: closing an unknown id changes nothing. The same
 * version may have been replayed for one connection only, so it leaves the dead letter of all open (Guarantee 2); of a newer one,
 * each connection has an outcome or a dead letter.
 */
export async function closeSuperseded(
  deps: ClosingDeps,
  { entity, source, key, connection }: Pick<StageReport['result'], 'entity' | 'source' | 'key' | 'connection'>,
  superseded: readonly SupersededVersion[],
): Promise<void> {
  for (const { version, by } of superseded) {
    const { stage, rank, topic, partition, offset, task: taskId, event_id: eventId } = version
    const isSame = by === rank
    const reason = isSame
      ? `${nameOf(by)} was sent again and passed ${stage}`
      : `superseded: ${nameOf(by)} passed ${stage}`
    const record = { topic, partition, offset: BigInt(offset), headers: [] }
    for (const owner of isSame ? [connection] : [connection, null]) {
      const letter = { id: deadLetterId(stage, record, owner), stage, connection: owner, key, reason }
      await sendDeadLetter(deps, toSuperseded(letter, record, deps.clock.now()))
    }
    if (isSame) continue
    const { occurredAt, readAt } = rankVersion(rank)
    const about = { taskId, entity, source, key, connection, eventId, occurredAt, readAt }
    const end = { status: 'superseded', code: 'older_version', message: reason, targetId: null }
    await deps.reporter.report(stage, partition, [stageResult(about, end)])
  }
}

function nameOf(rank: string): string {
  const { occurred_at, read_at } = versionOfRank(rank)
  return occurred_at === null ? `the version read at ${read_at}` : `the version of ${occurred_at}`
}
