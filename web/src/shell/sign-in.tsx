import { createSignal, type JSX, Show, untrack } from 'solid-js'
import type { Caller } from '../api/answers.ts'
import { ApiProblem, ask } from '../api/ask.ts'
import { client } from '../api/queries.ts'
import { Copyable } from '../parts/parts.tsx'
import { key, signIn } from '../session.ts'
import { texts } from '../texts.ts'

/** Accepts a key if the API accepts it and it has the scope observe; stores nothing else. */
export function SignIn(): JSX.Element {
  const hadKey = untrack(key) !== null
  const [given, setGiven] = createSignal('')
  const [keep, setKeep] = createSignal(false)
  const [problem, setProblem] = createSignal<string | null>(null)
  const [isChecking, setIsChecking] = createSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setIsChecking(true)
    const refusal = await refusalOf(given().trim())
    setIsChecking(false)
    setProblem(refusal)
    if (refusal !== null) return
    client.clear()
    signIn(given().trim(), keep())
  }
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>{texts.signIn.title}</h1>
        <p class="soft">{hadKey ? texts.signIn.ended : texts.signIn.lead}</p>
        <label class="field">
          <span>{texts.signIn.key}</span>
          <input
            type="password"
            autocomplete="current-password"
            placeholder={texts.signIn.keyHint}
            required
            aria-invalid={problem() !== null}
            aria-describedby="sign-in-problem"
            value={given()}
            onInput={(event) => setGiven(event.currentTarget.value)}
          />
        </label>
        <p id="sign-in-problem" class="bad" role="alert">
          {problem()}
        </p>
        <label class="check">
          <input type="checkbox" checked={keep()} onChange={(event) => setKeep(event.currentTarget.checked)} />
          {texts.signIn.keep}
        </label>
        <button type="submit" class="button primary" disabled={isChecking()}>
          <Show when={isChecking()} fallback={texts.signIn.submit}>
            {texts.signIn.checking}
          </Show>
        </button>
        <div class="sign-in-help">
          <p class="soft">{texts.signIn.noKey}</p>
          <Copyable text={texts.signIn.command} />
        </div>
      </form>
    </main>
  )
}

/** Null: the key may see the page. */
async function refusalOf(key: string): Promise<string | null> {
  try {
    const { scopes } = await ask<Caller>('/v1/caller', { withKey: key })
    return scopes.includes('observe') ? null : texts.signIn.noObserve
  } catch (error) {
    if (!(error instanceof ApiProblem)) return texts.signIn.refused
    return error.status === 401 ? texts.signIn.refused : error.message
  }
}
