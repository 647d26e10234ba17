/** Makes the dashboards of deploy/grafana from scripts/grafana/dashboards.ts. */
import { generatedFile } from './generated-file.ts'
import { dashboardJson } from './grafana/dashboard-json.ts'
import { dashboards } from './grafana/dashboards.ts'

for (const [name, dashboard] of dashboards) {
  generatedFile(new URL(`../deploy/grafana/dashboards/${name}.json`, import.meta.url), dashboardJson(dashboard))
}
