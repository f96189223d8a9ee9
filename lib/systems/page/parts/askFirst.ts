import { html, render } from 'lit';

/** What is asked, and what is done when the answer is yes. */
export interface Question {
  readonly title: string;
  readonly says: string;
  readonly yes: string;
  readonly then: () => void;
}

/** Asks before something is done that cannot be undone. The focus comes back to where it was. */
export function askFirst({ title, says, yes, then }: Question): void {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'question');
  render(
    html`
      <form method="dialog">
        <h2 id="question">${title}</h2>
        <p>${says}</p>
        <div class="choices">
          <button class="action" value="no">Cancel</button>
          <button class="action primary" value="yes">${yes}</button>
        </div>
      </form>
    `,
    dialog,
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (dialog.returnValue === 'yes') then();
  });
  document.body.append(dialog);
  dialog.showModal();
}
