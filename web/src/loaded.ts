import { type Component, lazy } from 'solid-js'
import { client } from './api/queries.ts'
import { isAnythingUnsaved } from './unsaved.ts'
import { wantedPlace } from './wanted-place.ts'

const NAME = 'waldstream.reloaded'
const ASK_EVERY_MS = 3_000
/** What is not there after that is not there at all: the page does not begin again and again. */
const ONCE_IN_MS = 30_000

/** A page whose program is loaded when it is opened first. */
export function loaded(load: () => Promise<Component>) {
  return lazy(async () => ({ default: await load().catch(beginAgain) }))
}

/**
 * The API does not answer, or was upgraded since the page began, and its parts have other names now. Browsers keep that a
 * part was not there: the page begins again, where one wanted to be, as soon as the API answers. Until then it stays, and
 * says what it waits for.
 */
async function beginAgain(): Promise<Component> {
  void client.invalidateQueries()
  while (wasJustBegun() || isAnythingUnsaved() || !(await isThere())) await pause(ASK_EVERY_MS)
  sessionStorage.setItem(NAME, `${Date.now()}`)
  begin(new URL(wantedPlace(), window.location.href))
  return await new Promise<Component>(() => undefined)
}

/** To go to another part of the same address would load nothing. */
function begin({ pathname, search, href }: URL): void {
  if (pathname === window.location.pathname && search === window.location.search) window.location.reload()
  else window.location.assign(href)
}

const wasJustBegun = () => Date.now() - Number(sessionStorage.getItem(NAME) ?? 0) < ONCE_IN_MS

async function isThere(): Promise<boolean> {
  return await fetch('/health/live').then(
    ({ ok }) => ok,
    () => false,
  )
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
