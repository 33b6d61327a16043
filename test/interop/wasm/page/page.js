import { getSDK } from './sdk/lib/index.es.js';

// What the test hears (`tell`) and drives (`sdk`): nothing in between is ours. Listening at `emit` hears events too whose
// names the SDK does not list.
const sdk = getSDK({ coreWasmPath: '/sdk/assets/openIM.wasm', sqlWasmPath: '/sdk/assets/sql-wasm.wasm', debug: false });
const emit = sdk.emit.bind(sdk);
sdk.emit = (name, event) => {
  const { data, errCode, errMsg } = event;
  window.tell(JSON.stringify({ name, data, errCode, errMsg }));
  return emit(name, event);
};
window.sdk = sdk;
