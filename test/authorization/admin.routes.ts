import { ONLY_APP_ADMIN, type Routes } from './routes.js';

export const routes: Routes = {
  'admin/search_audit_log': {
    body: () => ({ pagination: { pageNumber: 1, showNumber: 1 } }),
    expect: ONLY_APP_ADMIN,
  },
};
