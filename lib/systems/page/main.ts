import { CatalogueView } from './catalogue/catalogueView.ts';
import { PackageList } from './catalogue/packageList.ts';
import { DeadLettersView } from './deadLetters/deadLettersView.ts';
import { DemoView } from './demo/demoView.ts';
import { GraphView } from './graph/graphView.ts';
import { JobsView } from './jobs/jobsView.ts';
import { ObserverView } from './observer/observerView.ts';
import { OperationsView } from './operations/operationsView.ts';
import { ProcessView } from './process/processView.ts';
import { ReceiversView } from './receivers/receiversView.ts';
import { ConsolePage } from './shell/consolePage.ts';

customElements.define('package-list', PackageList);
customElements.define('catalogue-view', CatalogueView);
customElements.define('graph-view', GraphView);
customElements.define('receivers-view', ReceiversView);
customElements.define('jobs-view', JobsView);
customElements.define('operations-view', OperationsView);
customElements.define('dead-letters-view', DeadLettersView);
customElements.define('observer-view', ObserverView);
customElements.define('process-view', ProcessView);
customElements.define('demo-view', DemoView);
customElements.define('console-page', ConsolePage);

// The key that sites with a search box have in common.
document.addEventListener('keydown', (event) => {
  const box = document.querySelector<HTMLInputElement>('input[type=search]');
  const isTyping = document.activeElement?.matches('input, textarea, select') === true;
  if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping || box === null) return;
  event.preventDefault();
  box.focus();
});

// Not a view: the hash stays what it is.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  document.querySelector<HTMLElement>('main')?.focus();
});
