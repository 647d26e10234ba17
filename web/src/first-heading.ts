import { firstTitles } from './first-titles.ts'

/** Address of an order's page, with its number. */
export const ORDER_PAGE = /^\/orders\/[^/]+\/([^/]+)$/

/** Draws the heading of this address's page where the program will draw it, while the program loads. */
export function drawFirstHeading(path: string, shell: Element | null): void {
  const heading = headingOf(path)
  if (heading === null || shell === null) return
  const { title, back } = heading
  const head = element('header', 'page-head')
  if (back !== null) head.append(element('span', 'back', back))
  const line = element('div', 'page-title')
  line.append(element('h1', null, title))
  head.append(line)
  const main = element('main', null)
  main.append(head)
  shell.append(main)
}

function headingOf(path: string): { readonly title: string; readonly back: string | null } | null {
  if (path === '/') return { title: firstTitles.overview, back: null }
  const number = ORDER_PAGE.exec(path)?.[1]
  if (number === undefined) return null
  try {
    return { title: firstTitles.order(decodeURIComponent(number)), back: firstTitles.orders }
  } catch {
    // Not decodable: the program handles such an address.
    return null
  }
}

function element(name: string, className: string | null, text = ''): HTMLElement {
  const made = document.createElement(name)
  if (className !== null) made.className = className
  made.textContent = text
  return made
}
