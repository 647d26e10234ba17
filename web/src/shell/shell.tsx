import { A, type RouteSectionProps, useLocation } from '@solidjs/router'
import { createEffect, createSignal, For, type JSX, on, onCleanup, Show, Suspense } from 'solid-js'
import { followChanges } from '../api/live.ts'
import { client, statusQuery } from '../api/queries.ts'
import { useQuery } from '../api/use-query.ts'
import { useCaller, WithCaller } from '../caller.tsx'
import { countText } from '../format.ts'
import { themes } from '../kept-theme.ts'
import { useMay } from '../may.ts'
import { Icon, type IconName } from '../parts/icons.tsx'
import { InTask } from '../parts/in-task.tsx'
import { Notices } from '../parts/notices.tsx'
import { Skeleton } from '../parts/parts.tsx'
import { isRefused, key, signOut } from '../session.ts'
import { texts } from '../texts.ts'
import { chooseTheme, theme } from '../theme.ts'
import { LeaveQuestion } from './leave-question.tsx'
import { Outage } from './outage.tsx'
import { SignIn } from './sign-in.tsx'

const pages: readonly { readonly href: string; readonly icon: IconName; readonly text: string }[] = [
  { href: '/', icon: 'overview', text: texts.navigation.overview },
  { href: '/orders', icon: 'orders', text: texts.navigation.orders },
  { href: '/products', icon: 'products', text: texts.navigation.products },
  { href: '/problems', icon: 'problems', text: texts.navigation.problems },
  { href: '/tasks', icon: 'tasks', text: texts.navigation.tasks },
  { href: '/resync', icon: 'resync', text: texts.navigation.resync },
]

/** For callers that may see the configuration. */
const configurers: typeof pages = [{ href: '/connections', icon: 'connections', text: texts.navigation.connections }]

/** For callers that may administer. */
const administrators: typeof pages = [
  { href: '/keys', icon: 'keys', text: texts.navigation.keys },
  { href: '/audit', icon: 'audit', text: texts.navigation.audit },
]

/** For callers that may operate everything. */
const operators: typeof pages = [{ href: '/system', icon: 'system', text: texts.navigation.system }]

/** The frame of every page. A visitor who needs a key signs in first, and then gets the wanted page. */
export function Shell(props: RouteSectionProps): JSX.Element {
  return (
    <Show when={!isRefused()} fallback={<SignIn />}>
      <WithCaller>
        <Frame>{props.children}</Frame>
      </WithCaller>
    </Show>
  )
}

function Frame(props: { readonly children: JSX.Element }): JSX.Element {
  const location = useLocation()
  let main: HTMLElement | undefined
  onCleanup(followChanges())
  // A new page starts at its top, also for screen readers.
  createEffect(
    on(
      () => location.pathname,
      () => {
        main?.focus({ preventScroll: true })
        window.scrollTo(0, 0)
      },
      { defer: true },
    ),
  )
  return (
    <div class="shell">
      <a href="#content" class="skip">
        {texts.skipToContent}
      </a>
      <aside class="side">
        <A href="/" class="brand">
          <Mark />
          {texts.product}
        </A>
        <Navigation />
        <div class="side-foot">
          <InTask>
            <DemoLink />
            <ApiLink />
            <ThemeChoice />
            <SignedIn />
          </InTask>
        </div>
      </aside>
      <main id="content" ref={main} tabindex="-1">
        <Outage />
        <Suspense fallback={<Skeleton lines={6} />}>{props.children}</Suspense>
      </main>
      <LeaveQuestion />
      <Notices />
    </div>
  )
}

function Mark(): JSX.Element {
  return (
    <svg class="mark" width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M6 12c4-5 7 3 11 0s5-4 9-1M6 20c4-5 7 3 11 0s5-4 9-1" />
    </svg>
  )
}

/** On a phone the first few pages, and the others on request. */
function Navigation(): JSX.Element {
  const may = useMay()
  const location = useLocation()
  const [isOpen, setIsOpen] = createSignal(false)
  createEffect(
    on(
      () => location.pathname,
      () => setIsOpen(false),
      { defer: true },
    ),
  )
  const status = useQuery(() => statusQuery({ seldom: true }))
  const caller = useCaller()
  const reachesAll = () => caller()?.connections === null
  const shown = () => [
    ...pages,
    ...(may('configure') ? configurers : []),
    ...(may('administer') ? administrators : []),
    ...(may('operate') && reachesAll() ? operators : []),
  ]
  const failed = () => {
    const told = status.isSuccess ? status.data : undefined
    const failures = told?.connections.flatMap((one) => one.failures).concat(told.failures) ?? []
    return failures.reduce((sum, { count }) => sum + count, 0)
  }
  return (
    <nav
      class="nav"
      aria-label={texts.navigation.label}
      data-open={isOpen()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsOpen(false)
      }}
    >
      <For each={shown()}>
        {(page) => (
          <A href={page.href} end={page.href === '/'} class="nav-link" activeClass="here">
            <Icon name={page.icon} />
            {page.text}
            <Show when={page.href === '/problems' && failed() > 0}>
              <span class="nav-count">{countText(failed())}</span>
            </Show>
          </A>
        )}
      </For>
      <div class="nav-rest">
        <DemoLink />
        <ApiLink />
      </div>
      <button
        type="button"
        class="nav-link nav-more"
        aria-expanded={isOpen()}
        onClick={() => setIsOpen((wasOpen) => !wasOpen)}
      >
        <Icon name="more" />
        {texts.navigation.more}
      </button>
    </nav>
  )
}

/** Only in a demo. */
function DemoLink(): JSX.Element {
  const caller = useCaller()
  return (
    <Show when={caller()?.demo}>
      <A href="/demo" class="nav-link" activeClass="here">
        <Icon name="demo" />
        {texts.demo.title}
      </A>
    </Show>
  )
}

/** A browser sends no key with a link: the reference is linked only if no key is required. */
function ApiLink(): JSX.Element {
  const caller = useCaller()
  return (
    <Show when={caller()?.signed_in === false}>
      <a href="/docs" class="nav-link">
        <Icon name="api" />
        {texts.navigation.api}
      </a>
    </Show>
  )
}

function ThemeChoice(): JSX.Element {
  return (
    <fieldset class="switch">
      <legend class="unseen">{texts.theme.label}</legend>
      <For each={themes}>
        {(one) => (
          <label title={texts.theme[one]}>
            <input type="radio" name="theme" checked={theme() === one} onChange={() => chooseTheme(one)} />
            <Icon name={one} size={14} />
            <span class="unseen">{texts.theme[one]}</span>
          </label>
        )}
      </For>
    </fieldset>
  )
}

function SignedIn(): JSX.Element {
  const caller = useCaller()
  const leave = () => {
    signOut()
    client.clear()
    window.location.assign('/')
  }
  return (
    <Show when={key() !== null}>
      <div class="signed-in">
        <span class="clip">{caller()?.name ?? '…'}</span>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.signIn.out}
          title={texts.signIn.out}
          onClick={leave}
        >
          <Icon name="out" size={14} />
        </button>
      </div>
    </Show>
  )
}
