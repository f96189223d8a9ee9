import { CatalogueView } from './catalogue/catalogueView.ts';
import { PackageList } from './catalogue/packageList.ts';

customElements.define('package-list', PackageList);
customElements.define('catalogue-view', CatalogueView);

// The key that sites with a search box have in common.
document.addEventListener('keydown', (event) => {
  const box = document.querySelector<HTMLInputElement>('input[type=search]');
  if (event.key !== '/' || event.ctrlKey || event.metaKey || document.activeElement === box) return;
  event.preventDefault();
  box?.focus();
});
