import { Agent, get } from 'node:http'

/** Loads an address over connections that are kept; the bodies come back as text. */
export class Load {
  readonly #agent: Agent
  readonly #sideBySide: number

  constructor(sideBySide: number) {
    this.#sideBySide = sideBySide
    this.#agent = new Agent({ keepAlive: true, maxSockets: sideBySide })
  }

  read(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent }, (answer) => {
        let body = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          body += chunk
        })
        answer.on('error', reject)
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(body)
          else reject(new Error(`${url} answered ${answer.statusCode}: ${body.slice(0, 300)}`))
        })
      }).on('error', reject)
    })
  }

  /** Seconds that so many requests take. */
  async seconds(url: string, count: number): Promise<number> {
    const begun = performance.now()
    let left = count
    const reader = async () => {
      while (left > 0) {
        left -= 1
        await this.read(url)
      }
    }
    await Promise.all(Array.from({ length: this.#sideBySide }, reader))
    return (performance.now() - begun) / 1000
  }

  close(): void {
    this.#agent.destroy()
  }
}
