package apply

// StepOf is Step for so many acts.
var StepOf = (*Room).step
