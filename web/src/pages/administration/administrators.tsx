import { A } from '@solidjs/router'
import { type JSX, Match, Switch } from 'solid-js'
import { callerQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { Empty } from '../../parts/parts.tsx'
import { Unanswered } from '../../parts/unanswered.tsx'
import { texts } from '../../texts.ts'

/** What administrators alone see. Others are told so, and nothing is asked for that would be refused and noted. */
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
