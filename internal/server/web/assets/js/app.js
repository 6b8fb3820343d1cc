// Every page works without these modules; they add comfort. Each dresses the part of the document
// it is given, so that parts fetched later are dressed alike.
import { confirm } from "./dialog.js";
import { copy, download } from "./copy.js";
import { criteria, reveal } from "./password.js";
import { guard, summary } from "./form.js";
import { go } from "./go.js";
import { keys } from "./keys.js";
import { lists } from "./lists.js";
import { live } from "./live.js";
import { once } from "./once.js";
import { passkeys } from "./passkey.js";
import { picks } from "./picks.js";
import { places } from "./places.js";
import { poll } from "./poll.js";
import { recipients } from "./recipients.js";
import { steps } from "./steps.js";
import { times } from "./time.js";
import { toasts } from "./toast.js";
import { tree } from "./tree.js";

export function dress(root) {
  times(root);
  criteria(root);
  guard(root);
  once(root);
  lists(root);
  recipients(root);
  places(root);
  picks(root);
  steps(root);
}

dress(document);
summary();
go();
reveal();
passkeys();
confirm(dress);
copy();
download();
live(dress);
poll(dress);
keys();
tree(dress);
toasts();
