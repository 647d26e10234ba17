import { type JSX, Show } from 'solid-js'
import { statusQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Icon } from '../../parts/icons.tsx'
import { texts } from '../../texts.ts'

/** Why a read has a problem, also while its run continues and retries. */
export function ReadProblem(props: { readonly read: string }): JSX.Element {
  const status = useQuery(() => statusQuery({ seldom: true }))
  const problem = () => {
    const known = status.isSuccess ? status.data.connections : []
    const reads = known.flatMap(({ flows }) => flows.flatMap((flow) => flow.reads))
    return reads.find(({ read, enabled }) => read === props.read && enabled)?.problem ?? null
  }
  return (
    <Show when={problem()}>
      {(why) => (
        <div class="note read-problem" data-tone="warn" role="alert">
          <Icon name="problems" />
          <div>
            <strong>{texts.overview.readProblem(props.read)}</strong>
            <p>{why()}</p>
          </div>
        </div>
      )}
    </Show>
  )
}
