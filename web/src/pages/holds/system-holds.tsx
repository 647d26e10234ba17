import './holds.css'
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import { pausesQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Icon } from '../../parts/icons.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'
import { HeldLine } from './held.tsx'
import { HoldDialog, type Place } from './hold-dialog.tsx'
import { deliveryOf, stageText } from './stages.ts'

const words = texts.holds
const ALL = '*'

/** Holds of a system: its reads, and its deliveries for all connections or for one. */
export function SystemHolds(props: { readonly system: string }): JSX.Element {
  const may = useMay()
  const pauses = useQuery(pausesQuery)
  const [isAsked, setIsAsked] = createSignal(false)
  const all = (): readonly Place[] => {
    const stages = pauses.isSuccess ? pauses.data.stages : []
    const deliveries = stages.filter((stage) => deliveryOf(stage)?.system === props.system)
    return [
      { stage: 'reads', connection: props.system, text: words.readsOf(props.system) },
      ...deliveries.map((stage) => ({ stage, connection: ALL, text: stageText(stage) })),
    ]
  }
  const held = () => {
    if (!pauses.isSuccess) return []
    const isOwn = ({ stage, connection }: { readonly stage: string; readonly connection: string }) =>
      stage === 'reads'
        ? connection === props.system || connection.startsWith(`${props.system}.`)
        : deliveryOf(stage)?.system === props.system
    return pauses.data.items.filter(isOwn)
  }
  const free = () =>
    all().filter(({ stage, connection }) => !held().some((one) => one.stage === stage && one.connection === connection))
  const whatOf = (stage: string, connection: string) => {
    if (stage === 'reads') return words.readsOf(connection)
    return connection === ALL ? stageText(stage) : words.ofOne(stageText(stage), connection)
  }
  return (
    <section class="card" aria-labelledby="holds">
      <div class="card-head">
        <h2 id="holds">{words.title}</h2>
        <button
          type="button"
          class="button small"
          disabled={!may('operate') || !pauses.isSuccess || free().length === 0}
          title={may('operate') ? undefined : texts.actions.mayNot}
          onClick={() => setIsAsked(true)}
        >
          <Icon name="pause" size={14} />
          {words.ask}
        </button>
      </div>
      <Switch>
        <Match when={pauses.isSuccess}>
          <div class="system-holds">
            <For each={held()} fallback={<p class="soft">{words.none}</p>}>
              {(one) => <HeldLine held={one} what={whatOf(one.stage, one.connection)} />}
            </For>
          </div>
        </Match>
        <Unanswered of={pauses} lines={1} />
      </Switch>
      <Show when={isAsked()}>
        <HoldDialog
          title={words.systemTitle(props.system)}
          lead={words.systemLead}
          done={words.held(props.system)}
          places={free()}
          onClose={() => setIsAsked(false)}
        />
      </Show>
    </section>
  )
}
