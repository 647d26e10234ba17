import { useMutation } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { ShareStatus } from '../../api/answers.ts'
import { client, createShare, revokeShare, sharesQuery } from '../../api/queries.ts'
import { useQuery } from '../../api/use-query.ts'
import { useMay } from '../../may.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icons.tsx'
import { notify } from '../../parts/notices.tsx'
import { Badge, ProblemNote, type Tone } from '../../parts/parts.tsx'
import { ShownOnce } from '../../parts/shown-once.tsx'
import { Ago, Time } from '../../parts/when.tsx'
import { texts } from '../../texts.ts'

const words = texts.shares
const USUAL_DAYS = '14'
const tones: Readonly<Record<ShareStatus['state'], Tone>> = { active: 'good', expired: 'warn', revoked: 'idle' }

interface OfPart {
  readonly source: string
  readonly number: string
  readonly connection: string
}

const reload = () => client.invalidateQueries({ queryKey: ['shares'] })

/** Links that show this part to anyone who has them: create, list with their last use, revoke. */
export function Shares(props: OfPart): JSX.Element {
  const may = useMay()
  const shares = useQuery(() => sharesQuery(props.source, props.number))
  const [isCreating, setIsCreating] = createSignal(false)
  const [revoking, setRevoking] = createSignal<ShareStatus | null>(null)
  const own = () =>
    shares.isSuccess ? shares.data.items.filter(({ connection }) => connection === props.connection) : []
  return (
    <div class="shares">
      <div class="shares-head">
        <h4 title={words.lead}>{words.title}</h4>
        <button
          type="button"
          class="button small"
          disabled={!may('operate')}
          title={may('operate') ? words.lead : texts.actions.mayNot}
          onClick={() => setIsCreating(true)}
        >
          <Icon name="out" size={14} />
          {words.create}
        </button>
      </div>
      <Show when={shares.isError}>
        <ProblemNote error={shares.error} again={() => void shares.refetch()} />
      </Show>
      <ul class="share-list">
        <For each={own()} fallback={<li class="soft">{words.none}</li>}>
          {(link) => (
            <li>
              <Badge tone={tones[link.state]}>{words.states[link.state]}</Badge>
              <span class="soft">
                {words.by(link.created_by)}, <End link={link} />, <Used link={link} />
                {link.answers ? `, ${words.answers}` : ''}
              </span>
              <Show when={link.state === 'active' && may('operate')}>
                <button type="button" class="button small danger" onClick={() => setRevoking(link)}>
                  {words.revoke}
                </button>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={isCreating()}>
        <CreateDialog of={props} onClose={() => setIsCreating(false)} />
      </Show>
      <Show when={revoking()} keyed>
        {(link) => <RevokeDialog of={props} link={link} onClose={() => setRevoking(null)} />}
      </Show>
    </div>
  )
}

function End(props: { readonly link: ShareStatus }): JSX.Element {
  return (
    <Show
      when={props.link.revoked_at}
      fallback={
        <>
          {words.until} <Time at={props.link.expires_at} />
        </>
      }
    >
      {(at) => (
        <>
          {words.states.revoked.toLowerCase()} <Ago at={at()} />
        </>
      )}
    </Show>
  )
}

function Used(props: { readonly link: ShareStatus }): JSX.Element {
  return (
    <Show when={props.link.last_used_at} fallback={words.unused}>
      {(at) => (
        <>
          {words.used} <Ago at={at()} />
        </>
      )}
    </Show>
  )
}

function CreateDialog(props: { readonly of: OfPart; readonly onClose: () => void }): JSX.Element {
  const [days, setDays] = createSignal(USUAL_DAYS)
  const create = useMutation(() => ({
    mutationFn: () => createShare(props.of, { connection: props.of.connection, days: Number(days()) }),
    gcTime: 0,
    onSuccess: () => void reload(),
  }))
  const close = () => {
    create.reset()
    props.onClose()
  }
  return (
    <Dialog
      title={create.isSuccess ? words.made : words.createTitle(props.of.number, props.of.connection)}
      onClose={close}
    >
      <Show
        when={create.isSuccess && create.data}
        fallback={
          <form
            onSubmit={(event) => {
              event.preventDefault()
              create.mutate()
            }}
          >
            <p class="soft">{words.createLead}</p>
            <label class="field">
              <span>{words.days}</span>
              <span class="select">
                <select onChange={(event) => setDays(event.currentTarget.value)}>
                  <For each={Object.entries(words.terms)}>
                    {([term, text]) => (
                      <option value={term} selected={term === days()}>
                        {text}
                      </option>
                    )}
                  </For>
                </select>
              </span>
            </label>
            <Show when={create.isError}>
              <ProblemNote error={create.error} />
            </Show>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={close}>
                {texts.actions.cancel}
              </button>
              <button type="submit" class="button primary" disabled={create.isPending}>
                {words.make}
              </button>
            </div>
          </form>
        }
      >
        {(made) => (
          <ShownOnce
            lead={words.once}
            label={words.link}
            text={new URL(made().path, window.location.href).href}
            copy={words.copy}
            onDone={close}
          />
        )}
      </Show>
    </Dialog>
  )
}

function RevokeDialog(props: {
  readonly of: OfPart
  readonly link: ShareStatus
  readonly onClose: () => void
}): JSX.Element {
  const revoke = useMutation(() => ({
    mutationFn: () => revokeShare(props.of, props.link.id),
    onSuccess: async () => {
      notify(words.revoked)
      props.onClose()
      await reload()
    },
  }))
  return (
    <Dialog title={words.revokeTitle} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          revoke.mutate()
        }}
      >
        <p class="soft">{words.revokeLead}</p>
        <Show when={revoke.isError}>
          <ProblemNote error={revoke.error} />
        </Show>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => props.onClose()}>
            {texts.actions.cancel}
          </button>
          <button type="submit" class="button danger primary" disabled={revoke.isPending}>
            {words.revoke}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
