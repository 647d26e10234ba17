import type { Locator, Page } from 'playwright-core'

/** The field of the minutes that orders of a connection wait. Stock that was oversold has one of the same name. */
export function orderHoldMinutes(page: Page): Locator {
  return page.getByRole('spinbutton', { name: 'holdMinutes', description: /minutes from the placement of an order/ })
}
