// Buttons with data-copy="id" copy the text of the element of that id. Without script they are not shown.
document.documentElement.dataset.copies = "";

async function copy(element) {
  if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent);
  // Plain HTTP has no clipboard: what is selected can still be copied.
  getSelection().selectAllChildren(element);
  if (!document.execCommand("copy")) throw new Error("refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  const state = button.parentElement.querySelector("[role=status]");
  try {
    await copy(source);
    state.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    state.textContent = "Selected: copy it by keyboard";
  }
  setTimeout(() => (state.textContent = ""), 3000);
});
