import type { MediaContent } from './change-product.ts'
import type { WantedImage } from './wanted-images.ts'

const mostBytes = 20_000_000
const mostRedirects = 3
const redirects: readonly number[] = [301, 302, 303, 307, 308]
const kinds: readonly (readonly [magic: RegExp, type: string, ending: string])[] = [
  [/^\xff\xd8\xff/, 'image/jpeg', 'jpg'],
  [/^\x89PNG/, 'image/png', 'png'],
  [/^GIF8/, 'image/gif', 'gif'],
]
const webP = /^RIFF[\s\S]{4}WEBP/

/** Fetches a picture. @throws Error if there is none at its address */
export async function downloadImage({ name, url }: WantedImage, signal: AbortSignal): Promise<MediaContent> {
  const body = await fetchBytes(url, signal)
  const start = body.subarray(0, 12).toString('latin1')
  if (webP.test(start)) {
    throw new Error(`${url} is a WebP image, which Magento does not accept. Use JPEG, PNG or GIF.`)
  }
  const [, type, ending] = kinds.find(([magic]) => magic.test(start)) ?? []
  if (type === undefined || body.length > mostBytes) {
    throw new Error(`${url} is no JPEG, PNG or GIF of up to 20 MB.`)
  }
  return { name: `${name}.${ending}`, type, base64_encoded_data: body.toString('base64') }
}

async function fetchBytes(start: string, signal: AbortSignal): Promise<Buffer> {
  let url = start
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    if (!/^https?:\/\//i.test(url)) throw new Error(`${url} is no web address.`)
    const timeout = AbortSignal.timeout(30_000)
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.any([signal, timeout]) })
    const body = Buffer.from(await answer.arrayBuffer())
    if (answer.status === 200) return body
    const next = answer.headers.get('location')
    if (!redirects.includes(answer.status) || next === null)
      throw new Error(`${url} answered with status ${answer.status}.`)
    url = next
  }
  throw new Error(`${start} leads from address to address.`)
}
