/** contracts ← core ← adapters ← services; the page and the client import only contracts. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { path: '^(shared|services|dashboards|test)/', pathNot: [from, ...allowed] },
});

export default {
  forbidden: [
    only('contracts-stand-alone', '^shared/contracts/', []),
    only('core-imports-contracts', '^shared/core/', ['^shared/contracts/']),
    only('adapters-import-core', '^shared/adapters/', ['^shared/(contracts|core)/']),
    only('client-imports-contracts', '^shared/client/', ['^shared/contracts/']),
    only('page-imports-client', '^dashboards/noc/', ['^shared/(contracts|client)/']),
    only('grafana-imports-contracts', '^dashboards/grafana/', ['^shared/contracts/']),
    // The command line is the one place that composes services; they never import each other.
    ...['monitor', 'gateway', 'recorder', 'simulator'].map((s) =>
      only(`${s}-stands-alone`, `^services/${s}/`, ['^shared/(contracts|core|adapters)/']),
    ),
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^shared/core/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-without-rxjs',
      severity: 'error',
      from: { path: '^shared/core/', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/(rxjs|kafkajs|ws|pino)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
