import type { Page } from 'playwright-core'

/** Goes to the end of the page, where what is far below is made when one comes near it. */
export async function scrollToEnd(page: Page): Promise<void> {
  await page.getByRole('main').locator('section').last().waitFor()
  await page.evaluate('scrollTo(0, document.body.scrollHeight)')
}
