import './styles/tokens.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/shell.css'
import './styles/shared.css'
import { askEarly } from './api/early.ts'
import { drawFirstHeading, ORDER_PAGE } from './first-heading.ts'
import { keptTheme, showTheme } from './kept-theme.ts'
import { untilAnswered } from './until-answered.ts'

/** Pages with their code and first requests, started together with the program. */
const firsts: readonly (readonly [RegExp, () => Promise<unknown>])[] = [
  [/^\/$/, () => import('./pages/overview/overview.tsx')],
  [ORDER_PAGE, () => import('./pages/orders/order.tsx')],
]

showTheme(keptTheme())
const { pathname } = window.location
drawFirstHeading(pathname, document.querySelector('#page > .shell'))
for (const path of ['/v1/caller', '/v1/status']) askEarly(path)
for (const [form, load] of firsts) {
  // A load error is shown where the part is used.
  if (form.test(pathname)) load().catch(() => undefined)
}
if (ORDER_PAGE.test(pathname)) askEarly(`/v1${pathname}`)
void import('./main.tsx').catch(async () => {
  // The API went down between the page and its program: browsers retry a missing part only after a reload.
  await untilAnswered()
  window.location.reload()
})
