import { A } from '@solidjs/router'
import { type JSX, Match, Switch } from 'solid-js'
import { callerQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Empty } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'

/** Content for administrators only. For others it says so, and sends no request that would be refused and logged. */
export function Administrators(props: { readonly children: JSX.Element }): JSX.Element {
  const caller = useQuery(callerQuery)
  return (
    <Switch>
      <Match when={caller.isSuccess && caller.data.scopes.includes('administer')}>{props.children}</Match>
      <Match when={caller.isSuccess}>
        <section class="card">
          <Empty icon="keys" title={texts.administration.only} lead={texts.administration.onlyLead}>
            <A href="/" class="button">
              {texts.administration.onlyWay}
            </A>
          </Empty>
        </section>
      </Match>
      <Unanswered of={caller} lines={6} framed />
    </Switch>
  )
}
