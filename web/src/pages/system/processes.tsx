import { useMutation } from '@tanstack/solid-query'
import { For, type JSX, Match, Show, Switch } from 'solid-js'
import { client } from '../../api/queries.ts'
import { examineSystem, type ProcessState, processesQuery, type Versions, versionsQuery } from '../../api/system.ts'
import { useQuery } from '../../api/use-query.ts'
import type { CsvTable } from '../../csv.ts'
import { countText } from '../../format.ts'
import { CsvButton } from '../../parts/csv-button.tsx'
import { Findings, FindingsBadge } from '../../parts/findings.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Badge, Empty, Fact, Facts, ProblemNote, Skeleton } from '../../parts/parts.tsx'
import { TableHead } from '../../parts/table-head.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.system

const table: CsvTable<ProcessState> = {
  columns: ['id', 'roles', 'state', 'version', 'node', 'started_at', 'beat_at'],
  cellsOf: (one) => [one.id, one.roles.join(' '), one.state, one.version, one.node, one.started_at, one.beat_at],
}

/** Running processes, their versions, and every check of the doctor. */
export function ProcessesView(): JSX.Element {
  return (
    <>
      <Processes />
      <VersionFacts />
      <Checks />
    </>
  )
}

function Processes(): JSX.Element {
  const processes = useQuery(processesQuery)
  return (
    <section class="card" aria-labelledby="processes">
      <div class="card-head">
        <h2 id="processes">{words.processes}</h2>
        <CsvButton
          name="processes"
          table={table}
          load={async () => (processes.isSuccess ? processes.data.items : [])}
        />
      </div>
      <Switch>
        <Match when={processes.isSuccess && processes.data.items.length === 0}>
          <Empty icon="system" title={words.noProcesses} lead={words.noProcessesLead} />
        </Match>
        <Match when={processes.isSuccess && processes.data.items}>{(items) => <ProcessTable items={items()} />}</Match>
        <Unanswered of={processes} lines={3} />
      </Switch>
    </section>
  )
}

function ProcessTable(props: { readonly items: readonly ProcessState[] }): JSX.Element {
  return (
    <table class="table">
      <TableHead
        columns={[
          words.columns.roles,
          words.columns.state,
          [words.columns.process, 'wide'],
          [words.columns.version, 'wide'],
          [words.columns.started, 'number wide'],
          [words.columns.beat, 'number'],
        ]}
      />
      <tbody>
        <For each={props.items}>
          {(one) => (
            <tr>
              <td class="system-name">{one.roles.join(', ')}</td>
              <td>
                <Badge tone={one.state === 'running' ? 'good' : 'bad'}>{words.processStates[one.state]}</Badge>
              </td>
              <td class="wide">
                <code>{one.id}</code>
              </td>
              <td class="wide soft nowrap">{words.version(one.version, one.node)}</td>
              <td class="number wide soft">
                <Time at={one.started_at} />
              </td>
              <td class="number soft">
                <Ago at={one.beat_at} />
              </td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  )
}

function VersionFacts(): JSX.Element {
  const versions = useQuery(versionsQuery)
  return (
    <section class="card" aria-labelledby="versions">
      <div class="card-head">
        <h2 id="versions">{words.versions}</h2>
      </div>
      <Switch>
        <Match when={versions.isSuccess && versions.data}>{(told) => <ShownVersions of={told()} />}</Match>
        <Unanswered of={versions} lines={1} />
      </Switch>
    </section>
  )
}

function ShownVersions(props: { readonly of: Versions }): JSX.Element {
  const registered = () => props.of.schemas.filter(({ id }) => id !== null).length
  const problems = () =>
    props.of.schemas.flatMap(({ subject, problems: found }) => found.map((one) => ({ subject, ...one })))
  return (
    <>
      <div class="system-facts">
        <Facts>
          <Fact name={words.product}>{props.of.product}</Fact>
          <Fact name={words.node}>{props.of.node}</Fact>
          <Fact name={words.kafka}>{props.of.kafka}</Fact>
          <Fact name={words.brokers}>
            <span title={props.of.brokers.join(', ')}>{countText(props.of.brokers.length)}</span>
          </Fact>
          <Fact name={words.schemas}>{words.of(countText(registered()), countText(props.of.schemas.length))}</Fact>
        </Facts>
      </div>
      <Show when={problems().length > 0}>
        <ul class="system-problems">
          <For each={problems()}>
            {(problem) => (
              <li>
                <strong>{problem.subject}</strong> {problem.message}
                <Show when={problem.fix}>{(text) => <span class="soft"> {text()}</span>}</Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  )
}

/** The doctor's checks run only on request. */
function Checks(): JSX.Element {
  const checks = useMutation(() => ({
    mutationFn: examineSystem,
    onSuccess: () => client.invalidateQueries({ queryKey: ['audit'] }),
  }))
  return (
    <section class="card" aria-labelledby="checks">
      <div class="card-head">
        <h2 id="checks">{words.checks}</h2>
        <Show when={checks.data}>{(outcome) => <FindingsBadge of={outcome().findings} />}</Show>
        <button type="button" class="button" disabled={checks.isPending} onClick={() => checks.mutate()}>
          <Icon name="check" size={14} />
          {checks.isPending ? words.checking : words.check}
        </button>
      </div>
      <Switch fallback={<p class="system-lead soft">{words.checksLead}</p>}>
        <Match when={checks.isPending}>
          <Skeleton lines={4} tall />
        </Match>
        <Match when={checks.isError && checks.error}>
          {(error) => (
            <div class="system-note">
              <ProblemNote error={error()} again={() => checks.mutate()} />
            </div>
          )}
        </Match>
        <Match when={checks.data}>{(outcome) => <Findings of={outcome().findings} />}</Match>
      </Switch>
    </section>
  )
}
