import { html, type TemplateResult } from 'lit';
import { giveToken } from '../api/accessToken.ts';

/** Asks for the token that the server wants to see. */
export function tokenForm(asked: 'missing' | 'refused'): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const token = (event.target as HTMLFormElement).querySelector('input')!.value.trim(); // of this form
    if (token !== '') giveToken(token);
  };
  return html`
    <form class="notice token" aria-labelledby="token-title" @submit=${submit}>
      <div>
        <strong id="token-title"
          >${asked === 'refused' ? 'That token was refused' : 'This server asks for a token'}</strong
        >
        <p id="token-says">The <code>adminToken</code> of its configuration. This tab keeps it until it is closed.</p>
      </div>
      <input
        type="password"
        name="token"
        aria-label="Admin token"
        aria-describedby="token-says"
        autocomplete="off"
        required
      />
      <button class="action primary">Use token</button>
    </form>
  `;
}
