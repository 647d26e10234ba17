import { Route, Router } from '@solidjs/router'
import { QueryClientProvider } from '@tanstack/solid-query'
import { render } from 'solid-js/web'
import { client } from './api/queries.ts'
import { loaded, whenLoaded } from './loaded.ts'
import { keptRetries } from './pages/problems/kept-retries.ts'
import { nextTask } from './parts/next-task.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const Overview = loaded(async () => (await import('./pages/overview/overview.tsx')).Overview)
const Orders = loaded(async () => (await import('./pages/orders/orders.tsx')).Orders)
const OrderPage = loaded(async () => (await import('./pages/orders/order.tsx')).OrderPage)
const Problems = loaded(async () => (await import('./pages/problems/problems.tsx')).Problems)
const Waiting = loaded(async () => (await import('./pages/problems/waiting.tsx')).Waiting)
const GroupPage = loaded(async () => (await import('./pages/problems/group.tsx')).GroupPage)
const LetterPage = loaded(async () => (await import('./pages/problems/letter.tsx')).LetterPage)
const MappingPage = loaded(async () => (await import('./pages/problems/mapping.tsx')).MappingPage)
const Products = loaded(async () => (await import('./pages/products/products.tsx')).Products)
const ProductPage = loaded(async () => (await import('./pages/products/product.tsx')).ProductPage)
const Tasks = loaded(async () => (await import('./pages/tasks/tasks.tsx')).Tasks)
const TaskPage = loaded(async () => (await import('./pages/tasks/task.tsx')).TaskPage)
const Resync = loaded(async () => (await import('./pages/resync/resync.tsx')).Resync)
const ReplayPage = loaded(async () => (await import('./pages/resync/replay.tsx')).ReplayPage)
const RebuildPage = loaded(async () => (await import('./pages/resync/rebuild.tsx')).RebuildPage)
const DemoPage = loaded(async () => (await import('./pages/demo/demo.tsx')).DemoPage)
const Connections = loaded(async () => (await import('./pages/connections/connections.tsx')).Connections)
const ConnectionPage = loaded(async () => (await import('./pages/connections/document.tsx')).ConnectionPage)
const MetadataPage = loaded(async () => (await import('./pages/connections/document.tsx')).MetadataPage)
const SamplesPage = loaded(async () => (await import('./pages/mapping/samples.tsx')).SamplesPage)
const SystemPage = loaded(async () => (await import('./pages/connections/document.tsx')).SystemPage)
const NewDocument = loaded(async () => (await import('./pages/connections/new-document.tsx')).NewDocument)
const Keys = loaded(async () => (await import('./pages/administration/keys.tsx')).Keys)
const System = loaded(async () => (await import('./pages/system/system.tsx')).System)
const Audit = loaded(async () => (await import('./pages/administration/audit.tsx')).Audit)

keepReadable()
const root = document.getElementById('page')
if (root !== null) {
  // Loading may have taken long: yields before rendering.
  await nextTask()
  root.replaceChildren()
  render(
    () => (
      <QueryClientProvider client={client}>
        <Router root={Shell}>
          <Route path="/" component={Overview} />
          <Route path="/orders" component={Orders} />
          <Route path="/orders/:source/:number" component={OrderPage} />
          <Route path="/problems" component={Problems} />
          <Route path="/problems/waiting" component={Waiting} />
          <Route path="/problems/:group/mapping" component={MappingPage} />
          <Route path="/problems/:group" component={GroupPage} />
          <Route path="/problems/:group/:id" component={LetterPage} />
          <Route path="/products" component={Products} />
          <Route path="/products/:connection/:sku" component={ProductPage} />
          <Route path="/tasks" component={Tasks} />
          <Route path="/tasks/:id" component={TaskPage} />
          <Route path="/resync" component={Resync} />
          <Route path="/resync/replays/:id" component={ReplayPage} />
          <Route path="/resync/rebuilds/:id" component={RebuildPage} />
          <Route path="/demo" component={DemoPage} />
          <Route path="/connections" component={Connections} />
          <Route path="/connections/:id" component={ConnectionPage} />
          <Route path="/connections/:id/metadata" component={MetadataPage} />
          <Route path="/connections/:id/mapping" component={SamplesPage} />
          <Route path="/systems/:id" component={SystemPage} />
          <Route path="/new/:kind" component={NewDocument} />
          <Route path="/keys" component={Keys} />
          <Route path="/audit" component={Audit} />
          <Route path="/system" component={System} />
          <Route path="*" component={NotFound} />
        </Router>
      </QueryClientProvider>
    ),
    root,
  )
}
// Unfinished retries continue, whichever page is opened.
if (keptRetries().length > 0) void whenLoaded(() => import('./pages/problems/retry-runs.ts'))

/**
 * An address with undecodable bytes belongs to no page, and would break code that decodes it: it is replaced by a
 * decodable one.
 */
function keepReadable(): void {
  const { pathname } = window.location
  if (!isText(pathname)) window.history.replaceState(null, '', `/${encodeURIComponent(pathname)}`)
}

function isText(path: string): boolean {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}
