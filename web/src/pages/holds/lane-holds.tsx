import './holds.css'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { ConnectionStatus } from '../../api/answers.ts'
import { pausesQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'
import { HeldLine } from './held.tsx'
import { HoldDialog, type Place } from './hold-dialog.tsx'
import { stagesOf, stageText } from './stages.ts'

const words = texts.holds

/** Holds one of a connection's stages. Only shown to callers that may operate. */
export function HoldLane(props: { readonly of: ConnectionStatus }): JSX.Element {
  const may = useMay()
  const [isAsked, setIsAsked] = createSignal(false)
  return (
    <Show when={may('operate')}>
      <button
        type="button"
        class="button small"
        aria-label={`${words.hold}: ${props.of.connection}`}
        onClick={() => setIsAsked(true)}
      >
        <Icon name="pause" size={14} />
        {words.ask}
      </button>
      <Show when={isAsked()}>
        <LaneDialog of={props.of} onClose={() => setIsAsked(false)} />
      </Show>
    </Show>
  )
}

function LaneDialog(props: { readonly of: ConnectionStatus; readonly onClose: () => void }): JSX.Element {
  const pauses = useQuery(pausesQuery)
  const { connection } = props.of
  const places = (): readonly Place[] => {
    if (!pauses.isSuccess) return []
    const isHeld = (stage: string) =>
      pauses.data.items.some((one) => one.stage === stage && one.connection === connection)
    const free = stagesOf(pauses.data.stages, props.of).filter((stage) => !isHeld(stage))
    return free.map((stage) => ({ stage, connection, text: stageText(stage) }))
  }
  return (
    <Show when={pauses.isSuccess}>
      <HoldDialog
        title={words.laneTitle(connection)}
        lead={words.laneLead(connection)}
        done={words.held(connection)}
        places={places()}
        onClose={props.onClose}
      />
    </Show>
  )
}

function whatOf({ stage, connection }: { readonly stage: string; readonly connection: string }): string {
  if (stage === 'reads') return words.readsOf(connection)
  return connection === '*' ? words.ofAll(stageText(stage)) : stageText(stage)
}

/** Holds of a connection by hand. Other pauses are listed under what needs attention. */
export function LaneHolds(props: { readonly of: ConnectionStatus }): JSX.Element {
  const held = () => props.of.paused.filter(({ code }) => code === 'held')
  return (
    <Show when={held().length > 0}>
      <div class="lane-holds">
        <For each={held()}>{(one) => <HeldLine held={one} what={whatOf(one)} />}</For>
      </div>
    </Show>
  )
}
