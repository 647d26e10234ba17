import type { Page } from 'playwright-core'

/** Answers for the host of the sample's pictures, which is nowhere: a drawing for each address. */
export async function drawPictures(page: Page): Promise<void> {
  await page.route('https://pictures.example/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: drawing }),
  )
}

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">
<rect width="120" height="120" fill="#e8eef2"/>
<path d="M42 30 26 42 18 92h16l3-24v28h46V68l3 24h16l-8-50-16-12-10 8H52z" fill="#4c6a7d"/>
<path d="M52 38h16l-8 16z" fill="#33495a"/><path d="M60 54v42" stroke="#c9d6de" stroke-width="2"/>
</svg>`
