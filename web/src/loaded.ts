import { type Component, lazy } from 'solid-js'
import { client } from './api/queries.ts'
import { isAnythingUnsaved } from './unsaved.ts'
import { untilAnswered } from './until-answered.ts'
import { wantedPlace } from './wanted-place.ts'

const NAME = 'waldstream.reloaded'
/** A part that is still missing after a reload is missing for good: the page does not reload again and again. */
const ONCE_IN_MS = 30_000

/** A component whose code is loaded when it is first shown. */
export function loaded<Props extends object>(load: () => Promise<Component<Props>>) {
  return lazy(async () => ({ default: await whenLoaded(load) }))
}

/**
 * Loads a part of the program. The API may be down, or may have been upgraded since the page was opened, so that its
 * parts have new names. Browsers remember that a part was missing: the page reloads, at its target address, as soon as
 * the API answers. Until then it stays as it is and says what it waits for.
 */
export async function whenLoaded<Part>(load: () => Promise<Part>): Promise<Part> {
  return await load().catch(reload)
}

async function reload(): Promise<never> {
  void client.invalidateQueries()
  await untilAnswered(() => !wasJustReloaded() && !isAnythingUnsaved())
  sessionStorage.setItem(NAME, `${Date.now()}`)
  open(new URL(wantedPlace(), window.location.href))
  return await new Promise<never>(() => undefined)
}

/** Navigating within the same address would load nothing. */
function open({ pathname, search, href }: URL): void {
  if (pathname === window.location.pathname && search === window.location.search) window.location.reload()
  else window.location.assign(href)
}

const wasJustReloaded = () => Date.now() - Number(sessionStorage.getItem(NAME) ?? 0) < ONCE_IN_MS
