import { connect } from 'node:net'

/** Metadata request, version 1, without topics: api key 3, correlation id 1, no client id, an empty list. */
const REQUEST = Buffer.from('0000000e0003000100000001ffff00000000', 'hex')

/**
 * The number of brokers in a Metadata answer; undefined until it has arrived completely. A broker counts once it is
 * unfenced, which is later than its port is open: topics can be created only then.
 */
export function brokerCount(answer: Buffer): number | undefined {
  if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return undefined
  return answer.readInt32BE(8)
}

/** True when the broker at this address answers and is ready for work. Never rejects. */
export function brokerIsReady(host: string, port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    let answer: Buffer = Buffer.alloc(0)
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.once('connect', () => socket.write(REQUEST))
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
      const brokers = brokerCount(answer)
      if (brokers !== undefined) end(brokers > 0)
    })
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
