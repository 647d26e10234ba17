import type { JSX } from 'solid-js'
import type { Rebuild, Replay } from '../../api/answers.ts'
import { stateText } from '../../format.ts'
import { Badge, toneOf } from '../../parts/parts.tsx'
import { texts } from '../../texts.ts'

/** States of an unfinished replay. */
export const openReplays: readonly string[] = ['due', 'running', 'blocked']
/** States in which a rebuild waits for its work or for a decision. */
export const openRebuilds: readonly string[] = ['due', 'building', 'ready']

export function ReplayState(props: { readonly replay: Pick<Replay, 'state' | 'cancel'> }): JSX.Element {
  const isStopping = () => props.replay.cancel && openReplays.includes(props.replay.state)
  return (
    <Badge tone={isStopping() ? 'warn' : toneOf(props.replay.state)}>
      {isStopping() ? texts.resync.stopping : stateText(props.replay.state)}
    </Badge>
  )
}

/** A rebuild ends with its switch. */
export function RebuildState(props: { readonly state: Rebuild['state'] }): JSX.Element {
  const shown = () => (props.state === 'ended' ? 'switched' : props.state)
  return <Badge tone={toneOf(shown())}>{stateText(shown())}</Badge>
}
