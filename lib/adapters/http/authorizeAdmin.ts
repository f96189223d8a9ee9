import { checkToken } from './checkToken.ts';
import { RequestError } from './problem.ts';

/** Who may see and change how a server works: whoever has the token, everybody who reaches the server, or nobody. */
export type Admin = { readonly token: string } | 'everybody' | 'nobody';

/** Lets administrators pass, all as the same tenant; throws RequestError for others. */
export function authorizeAdmin(admin: Admin): (request: Request) => string {
  return (request) => {
    if (admin === 'nobody') {
      const says = 'this is served on the loopback address only, unless the configuration has an adminToken';
      throw new RequestError(403, 'admin_closed', says);
    }
    if (admin !== 'everybody') checkToken(request, admin.token);
    return '';
  };
}
