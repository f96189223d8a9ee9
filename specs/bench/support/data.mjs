import { chance } from './stats.mjs';

const THINGS =
  'apache argo cassandra cert cilium consul contour envoy etcd flannel flux gitlab grafana haproxy harbor istio jaeger jenkins kafka keycloak kibana knative kyverno linkerd loki mariadb metallb minio mongodb mysql nats nginx opa postgresql prometheus pulsar rabbitmq redis rook spark tekton thanos traefik vault velero wordpress zookeeper'.split(
    ' ',
  );
const PARTS =
  'agent api-server backend cache cluster-controller csi dashboard db driver frontend gateway hooks injector manager-webhook monitor node-exporter operator proxy-injector queue registry replica scheduler secrets sidecar state-metrics store sync ui web-server worker'.split(
    ' ',
  );
const DIGITS = '2456789bcdfghjklmnpqrstvwxz';

/** `count` names in ascending order, as Kubernetes gives them: "prometheus-node-exporter-7f9c4d-x2k9p". */
export function names(count) {
  const random = chance(7);
  // No stem begins another one, so the order of the stems is that of the names.
  const stems = THINGS.flatMap((thing) => PARTS.map((part) => `${thing}-${part}-`)).sort();
  const perStem = Math.ceil(count / stems.length);
  const step = Math.floor(DIGITS.length ** 6 / perStem);
  return Array.from({ length: count }, (_, i) => {
    const rank = (i % perStem) * step + Math.floor(random() * step);
    return `${stems[Math.floor(i / perStem)]}${inDigits(rank, 6)}-${inDigits(random() * DIGITS.length ** 5, 5)}`;
  });
}

function inDigits(value, length) {
  let text = '';
  for (let rest = Math.floor(value); text.length < length; rest = Math.floor(rest / DIGITS.length))
    text = DIGITS[rest % DIGITS.length] + text;
  return text;
}

/**
 * `k` lists of pages, each in order, `count` objects with a `name` in all, each from a source drawn at random. The
 * objects of a source are made one after the other, as if they had come from its own answers.
 */
export function pagesOfSources({ count, k, page }) {
  const random = chance(k * 31 + 1);
  const sources = Array.from({ length: k }, () => []);
  names(count).forEach((name, v) => sources[Math.floor(random() * k)].push({ name, v }));
  return sources.map((items) => inPages(JSON.parse(JSON.stringify(items)), page));
}

export function inPages(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
